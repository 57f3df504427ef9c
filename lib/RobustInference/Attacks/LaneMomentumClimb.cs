using RobustInference.Aggregators;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>The steps of <see cref="AutoProjectedGradient"/> with a sample in every lane: one that is lost or at its
/// end makes room for the next in the queue.</summary>
/// <param name="given">The rule.</param>
/// <param name="loss">What is maximised.</param>
/// <param name="gaps">Per step the number of steps since the last checkpoint, where it is one; else 0.</param>
sealed unsafe class LaneMomentumClimb<T>(LaneGiven<T> given, IScoreLoss loss, int[] gaps)
    where T : struct, IFloatLanes<T>
{
    /// <summary>Climbs from <paramref name="start"/>.</summary>
    /// <param name="labels">B labels.</param>
    /// <param name="start">Logits, [B, m, K].</param>
    /// <returns>The rows, of all that were visited, under which each label leads least, [B, m, K].</returns>
    public Tensor Ascend(ReadOnlySpan<long> labels, Tensor start)
    {
        if (start.dim() != 3 || start.shape[1] != given.Slots || start.shape[2] != given.Classes)
            throw new ArgumentException(
                $"wanted {given.Slots} corrupted rows over {given.Classes} classes, "
                    + $"got [{string.Join(", ", start.shape)}]"
            );
        using var whole = start.contiguous();
        using var climb = new Lanes(given, loss, gaps, labels.ToArray(), whole.Floats().ToArray());
        float[] best = climb.Run();
        var rows = empty(start.shape);
        Softmax.OfRows(best, rows.Floats(), given.Classes);
        return rows;
    }

    /// <summary>The samples that are climbing.</summary>
    sealed class Lanes : IDisposable
    {
        readonly LaneGiven<T> given;
        readonly IScoreLoss loss;
        readonly int[] gaps;
        readonly long[] labels;
        readonly float[] logitsAtStart,
            sent;
        readonly int width,
            slots,
            size,
            stride = LaneGiven<T>.Stride;
        readonly AlignedFloats logits,
            before,
            best,
            rates,
            momenta;
        readonly Lane[] lanes;
        int live,
            next;

        public Lanes(LaneGiven<T> given, IScoreLoss loss, int[] gaps, long[] labels, float[] start)
        {
            (this.given, this.loss, this.gaps, this.labels) = (given, loss, gaps, labels);
            (logitsAtStart, sent) = (start, [.. start]);
            (width, slots, size) = (given.Classes, given.Slots, given.Slots * given.SlotSize);
            (logits, before, best) = (new(size), new(size), new(size));
            (rates, momenta) = (new(stride), new(stride));
            lanes = new Lane[stride];
        }

        /// <returns>The logits under which each label led least.</returns>
        public float[] Run()
        {
            while (live < stride && next < labels.Length)
                Put(live++, next++);
            while (live > 0)
            {
                LongWork.ThrowIfCancelled();
                int vectors = (live + T.Count - 1) / T.Count;
                for (int slot = 0; slot < slots; slot++)
                    LaneSoftmax.OfColumns<T>(
                        logits.First + slot * given.SlotSize,
                        given.Rows + slot * given.SlotSize,
                        width,
                        vectors
                    );
                given.Forward(vectors, slots);
                Look();
                given.Backward(vectors, slots);
                Halve();
                for (int slot = 0; slot < slots; slot++)
                    Step(slot * given.SlotSize, vectors);
                LetGo();
            }
            return sent;
        }

        public void Dispose()
        {
            foreach (var floats in new[] { logits, before, best, rates, momenta })
                floats.Dispose();
        }

        /// <summary>Reads the scores where the samples stand, and writes the loss's gradient at them.</summary>
        void Look()
        {
            Span<float> row = width <= 1024 ? stackalloc float[width] : new float[width],
                slopes = width <= 1024 ? stackalloc float[width] : new float[width];
            for (int l = 0; l < live; l++)
            {
                ref var lane = ref lanes[l];
                for (int k = 0; k < width; k++)
                    row[k] = given.Scores[k * stride + l];
                slopes.Clear();
                int label = (int)labels[lane.Sample],
                    rival = ScoreMargin.Rival(row, label);
                float lead = row[label] - row[rival];
                if (lead < lane.LeastLead)
                {
                    lane.LeastLead = lead;
                    Read(l, sent.AsSpan(lane.Sample * slots * width, slots * width));
                }
                lane.IsLost = !(lead > 0);
                if (!lane.IsLost && lane.See(loss.Of(row, label, rival, slopes)))
                    Copy(logits.First, best.First, l);
                if (lane.IsLost)
                    slopes.Clear();
                for (int k = 0; k < width; k++)
                    given.Cotangent[k * stride + l] = slopes[k];
            }
        }

        /// <summary>At a checkpoint, and how fast each lane goes on: not at all from where it just went back
        /// to.</summary>
        void Halve()
        {
            for (int l = 0; l < live; l++)
            {
                ref var lane = ref lanes[l];
                bool goesBack = gaps[lane.Step] is > 0 and int gap && lane.HalveIfStuck(gap);
                if (goesBack)
                {
                    Copy(best.First, logits.First, l);
                    Copy(best.First, before.First, l);
                }
                rates.First[l] = goesBack ? 0 : lane.Rate;
                momenta.First[l] = goesBack || lane.Step == 0 ? 0 : MomentumAscent.Momentum;
            }
        }

        /// <summary>One step of one corrupted row of every lane. A rate of zero leaves the logits as they
        /// are.</summary>
        [System.Runtime.CompilerServices.MethodImpl(
            System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization
        )]
        void Step(int from, int vectors)
        {
            float* u = logits.First + from,
                last = before.First + from,
                p = given.Rows + from,
                g = given.Gradient + from;
            int end = width * stride;
            T none = T.All(0),
                bound = T.All(AutoProjectedGradient.Bound);
            for (int lane = 0; lane < vectors * T.Count; lane += T.Count)
            {
                T rate = T.Load(rates.First + lane),
                    momentum = T.Load(momenta.First + lane),
                    rest = T.All(1) - momentum,
                    level = none;
                for (int at = lane; at < end; at += stride)
                    level = T.MultiplyAdd(T.Load(g + at), T.Load(p + at), level);
                for (int at = lane; at < end; at += stride)
                {
                    T slope = T.Load(g + at),
                        here = T.Load(u + at);
                    T ahead =
                        here
                        + T.Select(T.Greater(slope, level), rate, none)
                        - T.Select(T.Greater(level, slope), rate, none);
                    T to = here + rest * (ahead - here) + momentum * (here - T.Load(last + at));
                    here.Store(last + at);
                    T.Max(T.Min(to, bound), none - bound).Store(u + at);
                }
            }
        }

        void LetGo()
        {
            for (int l = live - 1; l >= 0; l--)
            {
                if (!lanes[l].IsLost && ++lanes[l].Step < gaps.Length)
                    continue;
                if (next < labels.Length)
                    Put(l, next++);
                else if (l != --live)
                {
                    given.Move(live, l);
                    lanes[l] = lanes[live];
                    foreach (var floats in new[] { logits, before, best })
                        for (int i = 0; i < size; i += stride)
                            floats.First[i + l] = floats.First[i + live];
                }
            }
        }

        void Put(int l, int sample)
        {
            given.Load(l, sample);
            lanes[l] = new Lane(sample);
            for (int slot = 0; slot < slots; slot++)
            for (int k = 0; k < width; k++)
                logits.First[slot * given.SlotSize + k * stride + l] = logitsAtStart[
                    (sample * slots + slot) * width + k
                ];
            Copy(logits.First, before.First, l);
            Copy(logits.First, best.First, l);
        }

        void Read(int l, Span<float> target)
        {
            for (int slot = 0; slot < slots; slot++)
            for (int k = 0; k < width; k++)
                target[slot * width + k] = logits.First[slot * given.SlotSize + k * stride + l];
        }

        void Copy(float* from, float* to, int l)
        {
            for (int slot = 0; slot < slots; slot++)
            {
                int at = slot * given.SlotSize + l;
                for (int k = 0; k < width; k++, at += stride)
                    to[at] = from[at];
            }
        }
    }

    /// <summary>One sample on its way.</summary>
    struct Lane(int sample)
    {
        float rateAtCheckpoint = MomentumAscent.FirstStep,
            last = float.NegativeInfinity,
            greatest = float.NegativeInfinity,
            greatestAtCheckpoint = float.NegativeInfinity;
        int rises = 0;

        public readonly int Sample = sample;
        public int Step = 0;
        public bool IsLost = false;
        public float LeastLead = float.PositiveInfinity;

        /// <summary>η.</summary>
        public float Rate = MomentumAscent.FirstStep;

        /// <summary>Takes the loss; whether it is the greatest so far.</summary>
        public bool See(float value)
        {
            if (value > last)
                rises++;
            last = value;
            if (!(value > greatest))
                return false;
            greatest = value;
            return true;
        }

        /// <summary>Whether η was halved, which sends the sample back to its best rows.</summary>
        public bool HalveIfStuck(int steps)
        {
            bool stuck =
                rises < MomentumAscent.Rising * steps || Rate == rateAtCheckpoint && greatest == greatestAtCheckpoint;
            (rateAtCheckpoint, greatestAtCheckpoint, rises) = (Rate, greatest, 0);
            if (stuck)
                Rate /= 2;
            return stuck;
        }
    }
}
