using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>The steps of <see cref="ProjectedGradient"/> for a few samples at a time: one that is done makes room for
/// the next in the queue.</summary>
/// <param name="climbers">Those that climb.</param>
/// <param name="steps">Number of steps.</param>
/// <param name="leaveEarly">Whether a sample whose loss has reached zero is done.</param>
sealed class QueuedClimb(Climbers climbers, int steps, bool leaveEarly)
{
    /// <summary>Climbs from <paramref name="start"/>.</summary>
    /// <param name="labels">B labels.</param>
    /// <param name="start">Logits to start from, [B, m, K] or [R, K].</param>
    /// <param name="offsets">Sample s has rows offsets[s]…offsets[s+1]−1.</param>
    /// <returns>The rows that the corrupted clients send, in the shape of <paramref name="start"/>.</returns>
    /// <exception cref="ArgumentException">The rule is for other numbers of rows or classes.</exception>
    public Tensor Ascend(ReadOnlySpan<long> labels, Tensor start, ReadOnlySpan<int> offsets)
    {
        int width = climbers.Classes;
        if (start.shape[^1] != width)
            throw new ArgumentException($"rows over {start.shape[^1]} classes for a rule over {width}");
        for (int s = 0; s < labels.Length; s++)
            if (climbers.Count(s) != offsets[s + 1] - offsets[s])
                throw new ArgumentException(
                    $"sample {s}: {offsets[s + 1] - offsets[s]} rows where {climbers.Count(s)} are corrupted"
                );
        using var whole = start.contiguous();
        float[] climbed = whole.Floats().ToArray();
        if (steps > 0)
            Climb(labels, climbed, offsets);
        var rows = empty(start.shape);
        Softmax.OfRows(climbed, rows.Floats(), width);
        return rows;
    }

    void Climb(ReadOnlySpan<long> labels, float[] climbed, ReadOnlySpan<int> offsets)
    {
        int[] counts = new int[labels.Length];
        for (int s = 0; s < counts.Length; s++)
            counts[s] = climbers.Count(s);
        // Samples with equally many rows stand side by side, so that little is worked out in vain.
        int[] queue =
        [
            .. Enumerable.Range(0, counts.Length).Where(s => counts[s] > 0).OrderByDescending(s => counts[s]),
        ];
        int[] sampleOf = new int[climbers.Places],
            stepsOf = new int[climbers.Places];
        int live = 0,
            next = 0;
        while (live < climbers.Places && next < queue.Length)
            Put(live++, queue[next++], labels, offsets);
        while (live > 0)
        {
            LongWork.ThrowIfCancelled();
            ulong active = climbers.Step(live);
            for (int place = live - 1; place >= 0; place--)
            {
                bool stays = ++stepsOf[place] < steps && (!leaveEarly || (active >> place & 1) != 0);
                if (stays)
                    continue;
                climbers.Read(place, Own(sampleOf[place], offsets));
                if (next < queue.Length)
                    Put(place, queue[next++], labels, offsets);
                else if (place != --live)
                {
                    climbers.Move(live, place);
                    (sampleOf[place], stepsOf[place]) = (sampleOf[live], stepsOf[live]);
                }
            }
        }

        void Put(int place, int sample, ReadOnlySpan<long> labels, ReadOnlySpan<int> offsets)
        {
            (sampleOf[place], stepsOf[place]) = (sample, 0);
            climbers.Put(place, sample, (int)labels[sample], Own(sample, offsets));
        }

        Span<float> Own(int sample, ReadOnlySpan<int> offsets) =>
            climbed.AsSpan(offsets[sample] * climbers.Classes, counts[sample] * climbers.Classes);
    }
}
