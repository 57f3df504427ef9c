using RobustInference.Numerics;
using RobustInference.Probits;

namespace RobustInference.Assessment;

/// <summary>Counts what clients are like, a block of samples after the other.</summary>
/// <param name="clients">n.</param>
/// <param name="classes">K.</param>
public sealed class ClientScan(int clients, int classes)
{
    const int Bins = 15;

    readonly (int Count, double Confidence, int Right)[,] bins = new (int, double, int)[clients, Bins];
    readonly int[] agrees = new int[clients];
    readonly int[] votes = new int[classes];
    int samples;

    /// <summary>Counts a block.</summary>
    public void Add(ProbitSet block)
    {
        using var probits = block.Probits.contiguous();
        var values = probits.Floats();
        var chosen = new int[clients];
        int at = 0;
        foreach (long label in block.Labels.Integers())
        {
            Array.Clear(votes);
            for (int c = 0; c < clients; c++, at += classes)
            {
                var row = values.Slice(at, classes);
                int best = System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(row);
                ref var bin = ref bins[c, Math.Min(Bins - 1, (int)(row[best] * Bins))];
                bin = (bin.Count + 1, bin.Confidence + row[best], bin.Right + (best == label ? 1 : 0));
                chosen[c] = best;
                votes[best]++;
            }
            for (int c = 0; c < clients; c++)
            {
                votes[chosen[c]]--;
                agrees[c] += Most() == chosen[c] ? 1 : 0;
                votes[chosen[c]]++;
            }
            samples++;
        }
    }

    /// <summary>What was counted, a line a client.</summary>
    public IReadOnlyList<ClientFacts> ToFacts(EnsembleNames names) =>
        [
            .. Enumerable
                .Range(0, clients)
                .Select(c =>
                {
                    var own = Enumerable.Range(0, Bins).Select(bin => bins[c, bin]).ToArray();
                    return new ClientFacts(
                        c,
                        names.Client(c),
                        Share.Of(own.Sum(bin => bin.Right), samples),
                        own.Sum(bin => Math.Abs(bin.Confidence - bin.Right)) / samples,
                        (double)agrees[c] / samples
                    );
                }),
        ];

    // The first class of those with most votes.
    int Most()
    {
        int most = 0;
        for (int k = 1; k < votes.Length; k++)
            if (votes[k] > votes[most])
                most = k;
        return most;
    }
}
