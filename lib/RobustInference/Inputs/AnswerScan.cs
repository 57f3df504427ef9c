using System.Runtime.InteropServices;
using RobustInference.Numerics;
using RobustInference.Probits;

namespace RobustInference.Inputs;

/// <summary>What the checks of an input look at, counted in one pass over the test answers, a block of samples after
/// the other.</summary>
public sealed class AnswerScan
{
    const float Masked = 1e4f;

    readonly bool logits;
    readonly HashSet<ulong>? held;
    readonly int[] right;
    readonly int[] labels;
    readonly ulong[] hashes;

    /// <param name="clients">n.</param>
    /// <param name="classes">K.</param>
    /// <param name="logits">Whether the file holds logits.</param>
    /// <param name="validation">The validation data; null where there is none.</param>
    public AnswerScan(int clients, int classes, bool logits, ProbitSet? validation)
    {
        this.logits = logits;
        held = validation is null ? null : [.. SampleHashes(validation)];
        (right, labels, hashes) = (new int[clients], new int[classes], new ulong[clients]);
    }

    /// <summary>Test samples so far.</summary>
    public int Samples { get; private set; }

    /// <summary>Of each client, how often its most probable class is the label.</summary>
    public IReadOnlyList<int> Right => right;

    /// <summary>Of each class, how many samples it has.</summary>
    public IReadOnlyList<int> Labels => labels;

    /// <summary>Of each client, a number that is the same for the same answers to every sample.</summary>
    public IReadOnlyList<ulong> ClientHashes => hashes;

    /// <summary>Rows that give one class a probability of exactly 1.</summary>
    public long SaturatedRows { get; private set; }

    /// <summary>Rows with logits beyond ±<see cref="MaskedLogit"/>.</summary>
    public long MaskedRows { get; private set; }

    /// <summary>From here on a logit looks like a mask.</summary>
    public static float MaskedLogit => Masked;

    /// <summary>Samples that are also in the validation part.</summary>
    public int Shared { get; private set; }

    /// <summary>Counts a block of the test answers.</summary>
    public void Add(ProbitSet block)
    {
        int clients = block.Clients,
            classes = block.Classes,
            row = 0;
        int[] votes = block.Votes;
        using var probits = block.Probits.contiguous();
        using var raw = block.Logits.contiguous();
        var values = probits.Floats();
        Span<float> scores = logits ? raw.Floats() : default;
        foreach (long label in block.Labels.Integers())
        {
            labels[label]++;
            for (int client = 0; client < clients; client++, row++)
            {
                right[client] += votes[row] == label ? 1 : 0;
                var own = values.Slice(row * classes, classes);
                hashes[client] = Hash(hashes[client], own);
                SaturatedRows += own[votes[row]] == 1 ? 1 : 0;
                if (logits && scores.Slice(row * classes, classes).ContainsAnyExceptInRange(-Inside, Inside))
                    MaskedRows++;
            }
        }
        Samples += block.Samples;
        if (held is not null)
            Shared += SampleHashes(block).Count(held.Contains);
    }

    static float Inside => MathF.BitDecrement(Masked);

    static ulong Hash(ulong hash, ReadOnlySpan<float> values)
    {
        foreach (uint bits in MemoryMarshal.Cast<float, uint>(values))
            hash = (hash ^ bits) * 0x9E3779B97F4A7C15 ^ hash >> 29;
        return hash;
    }

    static ulong[] SampleHashes(ProbitSet set)
    {
        using var probits = set.Probits.contiguous();
        var hashes = new ulong[set.Samples];
        var values = probits.Floats();
        int width = set.Clients * set.Classes;
        for (int s = 0; s < hashes.Length; s++)
            hashes[s] = Hash(0, values.Slice(s * width, width));
        return hashes;
    }
}
