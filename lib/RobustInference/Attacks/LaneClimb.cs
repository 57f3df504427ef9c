using RobustInference.Aggregators;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>The steps of <see cref="ProjectedGradient"/> with a sample in every lane: one that is done makes room for
/// the next in the queue.</summary>
/// <param name="given">The rule.</param>
/// <param name="loss">What is maximised.</param>
/// <param name="steps">Number of steps.</param>
/// <param name="step">Size of a step.</param>
/// <param name="leaveEarly">Whether a sample whose loss has reached zero is done.</param>
sealed unsafe class LaneClimb<T>(LaneGiven<T> given, CarliniWagner loss, int steps, float step, bool leaveEarly)
    where T : struct, IFloatLanes<T>
{
    /// <summary>Climbs from <paramref name="start"/>.</summary>
    /// <param name="labels">B labels.</param>
    /// <param name="start">Logits to start from, [B, m, K] or [R, K].</param>
    /// <param name="offsets">Sample s has rows offsets[s]…offsets[s+1]−1.</param>
    /// <returns>The rows that the corrupted clients send, in the shape of <paramref name="start"/>.</returns>
    /// <exception cref="ArgumentException">The rule is for other numbers of rows or classes.</exception>
    public Tensor Ascend(ReadOnlySpan<long> labels, Tensor start, ReadOnlySpan<int> offsets)
    {
        int width = given.Classes;
        if (start.shape[^1] != width)
            throw new ArgumentException($"rows over {start.shape[^1]} classes for a rule over {width}");
        for (int s = 0; s < labels.Length; s++)
            if (given.Count(s) != offsets[s + 1] - offsets[s])
                throw new ArgumentException(
                    $"sample {s}: {offsets[s + 1] - offsets[s]} rows where {given.Count(s)} are corrupted"
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
            counts[s] = given.Count(s);
        // Samples with equally many rows stand side by side, so that few slots are worked out in vain.
        int[] queue =
        [
            .. Enumerable.Range(0, counts.Length).Where(s => counts[s] > 0).OrderByDescending(s => counts[s]),
        ];
        int stride = LaneGiven<T>.Stride,
            width = given.Classes,
            live = 0,
            next = 0;
        int[] sampleOf = new int[stride],
            stepsOf = new int[stride];
        using AlignedFloats logits = new(given.Slots * given.SlotSize),
            wanted = new(stride);
        while (live < stride && next < queue.Length)
            Put(live++, queue[next++], labels, offsets);
        while (live > 0)
        {
            int vectors = (live + T.Count - 1) / T.Count,
                slots = 0;
            for (int lane = 0; lane < live; lane++)
                slots = Math.Max(slots, counts[sampleOf[lane]]);
            for (int slot = 0; slot < slots; slot++)
                LaneSoftmax.OfColumns<T>(
                    logits.First + slot * given.SlotSize,
                    given.Rows + slot * given.SlotSize,
                    width,
                    vectors
                );
            given.Forward(vectors, slots);
            ulong active = loss.Gradient<T>(given.Scores, wanted.First, given.Cotangent, width, vectors);
            given.Backward(vectors, slots);
            for (int slot = 0; slot < slots; slot++)
                LaneSoftmax.SignStepInplace<T>(
                    logits.First + slot * given.SlotSize,
                    given.Rows + slot * given.SlotSize,
                    given.Gradient + slot * given.SlotSize,
                    width,
                    vectors,
                    step
                );
            for (int lane = live - 1; lane >= 0; lane--)
            {
                bool stays = ++stepsOf[lane] < steps && (!leaveEarly || (active >> lane & 1) != 0);
                if (stays)
                    continue;
                Copy(lane, sampleOf[lane], offsets, toLane: false);
                if (next < queue.Length)
                    Put(lane, queue[next++], labels, offsets);
                else if (lane != --live)
                    Move(live, lane);
            }
        }

        void Put(int lane, int sample, ReadOnlySpan<long> labels, ReadOnlySpan<int> offsets)
        {
            given.Load(lane, sample);
            (sampleOf[lane], stepsOf[lane], wanted.First[lane]) = (sample, 0, labels[sample]);
            Copy(lane, sample, offsets, toLane: true);
        }

        void Copy(int lane, int sample, ReadOnlySpan<int> offsets, bool toLane)
        {
            int from = offsets[sample];
            for (int slot = 0; slot < counts[sample]; slot++)
            {
                var row = climbed.AsSpan((from + slot) * width, width);
                float* column = logits.First + slot * given.SlotSize + lane;
                for (int k = 0; k < width; k++)
                    if (toLane)
                        column[k * stride] = row[k];
                    else
                        row[k] = column[k * stride];
            }
        }

        void Move(int from, int to)
        {
            given.Move(from, to);
            (sampleOf[to], stepsOf[to], wanted.First[to]) = (sampleOf[from], stepsOf[from], wanted.First[from]);
            for (int slot = 0; slot < counts[sampleOf[to]]; slot++)
            {
                float* place = logits.First + slot * given.SlotSize;
                for (int k = 0; k < width; k++)
                    place[k * stride + to] = place[k * stride + from];
            }
        }
    }
}
