using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>The samples that <see cref="AutoProjectedGradient"/> still moves: their logits side by side, each with its
/// own step size and memory.</summary>
sealed class MomentumAscent
{
    /// <summary>η at first.</summary>
    public const float FirstStep = 4;

    /// <summary>How much of a step is the one before.</summary>
    public const float Momentum = 0.25f;

    /// <summary>The share of steps in which the loss must have risen, or η is halved.</summary>
    public const float Rising = 0.75f;

    readonly IScoreLoss loss;
    readonly long[] shape;
    readonly int width,
        size;
    readonly float[] leastLead,
        bestSent; // of all samples, by home
    Walker[] walkers;
    bool isFirst = true;

    public MomentumAscent(IScoreLoss loss, Tensor start, ReadOnlySpan<long> labels)
    {
        (this.loss, shape, width, size) = (
            loss,
            start.shape,
            (int)start.shape[2],
            (int)(start.shape[1] * start.shape[2])
        );
        float[] logits = start.contiguous().data<float>().ToArray();
        (leastLead, bestSent) = (new float[labels.Length], [.. logits]);
        Array.Fill(leastLead, float.PositiveInfinity);
        walkers = new Walker[labels.Length];
        for (int s = 0; s < walkers.Length; s++)
            walkers[s] = new Walker(s, (int)labels[s], logits[(s * size)..((s + 1) * size)]);
    }

    public int Samples => walkers.Length;

    public Tensor Rows()
    {
        var logits = new float[Samples * size];
        for (int s = 0; s < Samples; s++)
            walkers[s].Logits.CopyTo(logits, s * size);
        return Softmax(logits, [Samples, shape[1], width]);
    }

    /// <summary>Reads the scores where the samples stand.</summary>
    /// <returns>The loss's gradient at the scores; zero for a lost sample.</returns>
    public Tensor Look(Tensor scores)
    {
        using var rows = scores.contiguous();
        var gradient = zeros_like(rows);
        Span<float> values = rows.Floats(),
            slopes = gradient.Floats();
        for (int s = 0; s < Samples; s++)
        {
            var walker = walkers[s];
            var row = values.Slice(s * width, width);
            int rival = ScoreMargin.Rival(row, walker.Label);
            float lead = row[walker.Label] - row[rival];
            if (lead < leastLead[walker.Home])
            {
                leastLead[walker.Home] = lead;
                walker.Logits.CopyTo(bestSent, walker.Home * size);
            }
            walker.IsLost = !(lead > 0);
            if (walker.IsLost)
                continue;
            walker.See(loss.Of(row, walker.Label, rival, slopes.Slice(s * width, width)));
        }
        return gradient;
    }

    public void HalveWhereStuck(int steps)
    {
        foreach (var walker in walkers)
            walker.HalveIfStuck(Rising * steps);
    }

    public void Step(ReadOnlySpan<float> rows, ReadOnlySpan<float> gradient)
    {
        for (int s = 0; s < Samples; s++)
            walkers[s].Step(rows.Slice(s * size, size), gradient.Slice(s * size, size), width, isFirst ? 0 : Momentum);
        isFirst = false;
    }

    public int CountStanding() => walkers.Count(walker => !walker.IsLost);

    /// <summary>Lets the lost samples go.</summary>
    /// <returns>Places of those that stay.</returns>
    public long[] Compact()
    {
        long[] staying = [.. Enumerable.Range(0, Samples).Where(s => !walkers[s].IsLost).Select(s => (long)s)];
        walkers = [.. staying.Select(s => walkers[s])];
        return staying;
    }

    public Tensor Best() => Softmax(bestSent, shape);

    Tensor Softmax(float[] logits, long[] shape)
    {
        var rows = empty(shape);
        Numerics.Softmax.OfRows(logits, rows.Floats(), width);
        return rows;
    }

    /// <summary>One sample on its way.</summary>
    sealed class Walker(int home, int label, float[] logits)
    {
        readonly float[] best = [.. logits],
            ahead = new float[logits.Length];
        float[] before = [.. logits];
        float step = FirstStep,
            stepAtCheckpoint = FirstStep,
            last = float.NegativeInfinity,
            greatest = float.NegativeInfinity,
            greatestAtCheckpoint = float.NegativeInfinity;
        int rises;
        bool restarts;

        public int Home => home;
        public int Label => label;
        public float[] Logits => logits;
        public bool IsLost { get; set; }

        public void See(float value)
        {
            if (value > last)
                rises++;
            last = value;
            if (!(value > greatest))
                return;
            greatest = value;
            logits.CopyTo(best, 0);
        }

        public void HalveIfStuck(float enough)
        {
            bool stuck = rises < enough || step == stepAtCheckpoint && greatest == greatestAtCheckpoint;
            (stepAtCheckpoint, greatestAtCheckpoint, rises) = (step, greatest, 0);
            if (!stuck)
                return;
            step /= 2;
            best.CopyTo(logits, 0);
            best.CopyTo(before, 0);
            restarts = true; // the gradient at hand is not that of the best rows
        }

        public void Step(ReadOnlySpan<float> rows, ReadOnlySpan<float> gradient, int width, float momentum)
        {
            if (restarts || IsLost)
            {
                restarts = false;
                return;
            }
            logits.CopyTo(ahead, 0);
            for (int at = 0; at < logits.Length; at += width)
                Lanes.SignStep(ahead.AsSpan(at, width), rows.Slice(at, width), gradient.Slice(at, width), step);
            for (int i = 0; i < logits.Length; i++)
            {
                float next = logits[i] + (1 - momentum) * (ahead[i] - logits[i]) + momentum * (logits[i] - before[i]);
                (before[i], logits[i]) = (logits[i], Math.Clamp(next, -Bound, Bound));
            }
        }
    }

    const float Bound = AutoProjectedGradient.Bound;
}
