using RobustInference.Aggregators;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>Sign-gradient ascent on the logits of the corrupted rows (Madry et al., 2018): u ← u + step · sign
/// ∂loss/∂u, rows = softmax(u).</summary>
/// <remarks>Only the corrupted rows are looked at, through a <see cref="ConditionedAggregator"/>. A sample whose loss
/// has reached zero has no gradient any more: it can leave the batch without changing the result.</remarks>
/// <param name="steps">Number of steps, 50 in the paper.</param>
/// <param name="step">Size of a step, 0.1 in the paper.</param>
/// <param name="leaveEarly">Whether finished samples leave the batch; off only to measure what that gives.</param>
/// <param name="space">What the rule takes: the softmax of the logits that climb, or these themselves.</param>
public sealed class ProjectedGradient(
    int steps = 50,
    float step = 0.1f,
    bool leaveEarly = true,
    AnswerSpace space = AnswerSpace.Probits
)
{
    readonly int steps = Argument.AtLeast(steps, 0);
    readonly float step = Argument.Positive(step);

    const double CompactBelow = 0.85;

    /// <summary>Climbs from <paramref name="start"/>.</summary>
    /// <param name="given">The rule with everything fixed but the corrupted rows.</param>
    /// <param name="loss">What is maximised.</param>
    /// <param name="labels">[B].</param>
    /// <param name="start">Logits to start from: [B, m, K], or [R, K] where the samples of a <see cref="DeepSetGiven"/>
    /// have different numbers of rows.</param>
    /// <param name="offsets">Sample s has rows offsets[s]…offsets[s+1]−1.</param>
    /// <returns>The rows that the corrupted clients send, in the shape of <paramref name="start"/>.</returns>
    public Tensor Ascend(
        ConditionedAggregator given,
        CarliniWagner loss,
        Tensor labels,
        Tensor start,
        ReadOnlySpan<int> offsets
    )
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        if (!start.IsOnHost())
            return OnDevice(given, loss, labels, start).MoveToOuterDisposeScope();
        if (space == AnswerSpace.Probits && loss.Scale == ScoreScale.Logits)
        {
            using var climbers = Climbing<FloatLanes16>(given, loss) ?? Climbing<FloatLanes8>(given, loss);
            if (climbers is not null)
                return new QueuedClimb(climbers, steps, leaveEarly)
                    .Ascend(labels.Integers(), start, offsets)
                    .MoveToOuterDisposeScope();
        }
        bool ragged = start.dim() == 2;
        int width = (int)start.shape[^1];
        var climb = new Climb(space, width, labels.Integers(), start.contiguous().Floats(), offsets);
        var current = given;
        for (int i = 0; i < steps && climb.Samples > 0; i++)
        {
            LongWork.ThrowIfCancelled();
            using var inner = NewDisposeScope();
            var rows = climb.Rows(ragged);
            var gradient = current.Gradient(rows, scores => loss.Gradient(scores, climb.Labels, climb.Active));
            climb.Step(rows.Floats(), gradient.Floats(), step);
            if (!leaveEarly || climb.CountActive() > CompactBelow * climb.Samples)
                continue;
            var staying = climb.Compact();
            var smaller = current.Select(tensor(staying));
            if (current != given)
                current.Dispose();
            current = smaller;
        }
        if (current != given)
            current.Dispose();
        return climb.Finish(start.shape).MoveToOuterDisposeScope();
    }

    /// <summary>The same steps a few samples at a time, where the processor and the rule know how.</summary>
    Climbers? Climbing<T>(ConditionedAggregator given, CarliniWagner loss)
        where T : struct, IFloatLanes<T>
    {
        if (!T.IsSupported)
            return null;
        if (given.InSteps<T>(step) is { } rows)
            return new RowClimbers<T>(rows, loss);
        return given.InLanes<T>() is { } lanes ? new LaneClimbers<T>(lanes, loss, step) : null;
    }

    /// <summary>The same steps in torch's operators. Samples whose loss is zero stand still by themselves and none
    /// leaves: to ask which would stop the device at every step.</summary>
    Tensor OnDevice(ConditionedAggregator given, CarliniWagner loss, Tensor labels, Tensor start)
    {
        var logits = start.clone();
        for (int i = 0; i < steps; i++)
        {
            LongWork.ThrowIfCancelled();
            using var inner = NewDisposeScope();
            var rows = space == AnswerSpace.Probits ? logits.softmax(-1) : logits;
            var gradient = given.Gradient(rows, scores => loss.Gradient(scores, labels));
            if (space == AnswerSpace.Probits)
                gradient = gradient - (gradient * rows).sum(-1, keepdim: true);
            logits.add_(gradient.sign_(), alpha: step);
        }
        return space == AnswerSpace.Probits ? logits.softmax(-1) : logits;
    }

    /// <summary>Offsets of samples that have m rows each.</summary>
    public static int[] EvenOffsets(int samples, int rows) =>
        [.. Enumerable.Range(0, samples + 1).Select(s => s * rows)];

    /// <summary>The samples still climbing, their logits side by side.</summary>
    sealed class Climb
    {
        readonly AnswerSpace space;
        readonly int width;
        readonly float[] result;
        int[] samples,
            labels,
            offsets;
        readonly int[] home;
        bool[] active;
        float[] logits;

        public Climb(
            AnswerSpace space,
            int width,
            ReadOnlySpan<long> labels,
            ReadOnlySpan<float> start,
            ReadOnlySpan<int> offsets
        )
        {
            (this.space, this.width) = (space, width);
            (result, logits) = (start.ToArray(), start.ToArray());
            home = offsets.ToArray();
            this.offsets = home;
            samples = [.. Enumerable.Range(0, labels.Length)];
            this.labels = new int[labels.Length];
            for (int s = 0; s < labels.Length; s++)
                this.labels[s] = (int)labels[s];
            active = new bool[labels.Length];
        }

        public int Samples => samples.Length;

        public ReadOnlySpan<int> Labels => labels;

        public Span<bool> Active => active;

        public Tensor Rows(bool ragged)
        {
            int count = offsets[^1];
            var rows = ragged ? empty([count, width]) : empty([samples.Length, count / samples.Length, width]);
            Show(logits, rows.Floats());
            return rows;
        }

        public void Step(ReadOnlySpan<float> rows, ReadOnlySpan<float> gradient, float step)
        {
            if (space == AnswerSpace.Probits)
                Softmax.SignStepInplace(logits, rows, gradient, width, step);
            else
                for (int i = 0; i < logits.Length; i++)
                    logits[i] +=
                        gradient[i] > 0 ? step
                        : gradient[i] < 0 ? -step
                        : 0;
        }

        public int CountActive() => active.Count(a => a);

        /// <summary>Puts the logits of finished samples away.</summary>
        /// <returns>Places of those that stay.</returns>
        public long[] Compact()
        {
            long[] staying = [.. Enumerable.Range(0, samples.Length).Where(s => active[s]).Select(s => (long)s)];
            Store();
            var newOffsets = new int[staying.Length + 1];
            var newLogits = new List<float>();
            for (int i = 0; i < staying.Length; i++)
            {
                var rows = Own((int)staying[i]);
                newOffsets[i + 1] = newOffsets[i] + rows.Length / width;
                newLogits.AddRange(rows);
            }
            samples = [.. staying.Select(s => samples[s])];
            labels = [.. staying.Select(s => labels[s])];
            (offsets, logits, active) = (newOffsets, [.. newLogits], new bool[staying.Length]);
            return staying;
        }

        public Tensor Finish(long[] shape)
        {
            Store();
            var rows = empty(shape);
            Show(result, rows.Floats());
            return rows;
        }

        void Show(ReadOnlySpan<float> climbed, Span<float> rows)
        {
            if (space == AnswerSpace.Probits)
                Softmax.OfRows(climbed, rows, width);
            else
                climbed.CopyTo(rows);
        }

        void Store()
        {
            for (int s = 0; s < samples.Length; s++)
                Own(s).CopyTo(result.AsSpan(home[samples[s]] * width));
        }

        ReadOnlySpan<float> Own(int sample) =>
            logits.AsSpan(offsets[sample] * width, (offsets[sample + 1] - offsets[sample]) * width);
    }
}
