using RobustInference.Aggregators;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>Sign-gradient ascent with a step size that needs no tuning, in the manner of Auto-PGD (Croce and Hein,
/// 2020), on the logits of the corrupted rows.</summary>
/// <remarks>A step has momentum: u′ = u + ¾·(z − u) + ¼·(u − u₋₁), where z = u + η·sign ∂loss/∂u. At checkpoints,
/// which come ever more often, a sample whose loss rose in fewer than ¾ of the steps, or whose best loss and η are
/// those of the last checkpoint, halves its η and starts again from its best rows. Logits stay within ±10: in place of
/// a projection, since rows are softmax(u) and hence always on the simplex. A sample that is lost leaves.
/// </remarks>
/// <param name="steps">Number of steps.</param>
public sealed class AutoProjectedGradient(int steps = 100)
{
    readonly int steps = Argument.AtLeast(steps, 0);

    /// <summary>Logits stay within ± this: a softmax of them is one-hot up to 2e-9 · K.</summary>
    public const float Bound = 10;

    const double CompactBelow = 0.85;

    /// <summary>Climbs from <paramref name="start"/>.</summary>
    /// <param name="given">The rule with everything fixed but the corrupted rows.</param>
    /// <param name="loss">What is maximised.</param>
    /// <param name="labels">[B].</param>
    /// <param name="start">Logits to start from, [B, m, K].</param>
    /// <returns>The rows, of all that were visited, under which each label leads least, [B, m, K].</returns>
    public Tensor Ascend(ConditionedAggregator given, IScoreLoss loss, Tensor labels, Tensor start)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        if (!start.IsOnHost())
            return OnDevice(given, loss, labels, start).MoveToOuterDisposeScope();
        if (
            (InLanes<FloatLanes16>(given, loss, labels, start) ?? InLanes<FloatLanes8>(given, loss, labels, start)) is
            { } fast
        )
            return fast.MoveToOuterDisposeScope();
        var climb = new MomentumAscent(loss, start, labels.Integers());
        var current = given;
        var schedule = new Checkpoints(steps);
        for (int i = 0; i <= steps && climb.Samples > 0; i++)
        {
            LongWork.ThrowIfCancelled();
            using var inner = NewDisposeScope();
            var rows = climb.Rows();
            var gradient = current.Gradient(rows, climb.Look);
            if (schedule.Reached(i) is { } gap)
                climb.HalveWhereStuck(gap);
            climb.Step(rows.Floats(), gradient.Floats());
            if (climb.CountStanding() > CompactBelow * climb.Samples)
                continue;
            var smaller = current.Select(tensor(climb.Compact()));
            if (current != given)
                current.Dispose();
            current = smaller;
        }
        if (current != given)
            current.Dispose();
        return climb.Best().MoveToOuterDisposeScope();
    }

    /// <summary>The same ascent with a sample in every lane, where the processor and the rule know how.</summary>
    Tensor? InLanes<T>(ConditionedAggregator given, IScoreLoss loss, Tensor labels, Tensor start)
        where T : struct, IFloatLanes<T>
    {
        using var lanes = T.IsSupported ? given.InLanes<T>() : null;
        if (lanes is null)
            return null;
        var schedule = new Checkpoints(steps);
        int[] gaps = [.. Enumerable.Range(0, steps + 1).Select(i => schedule.Reached(i) ?? 0)];
        return new LaneMomentumClimb<T>(lanes, loss, gaps).Ascend(labels.Integers(), start);
    }

    /// <summary>The same ascent on a device. No sample leaves, since to ask which are lost would stop the device at
    /// every step.</summary>
    Tensor OnDevice(ConditionedAggregator given, IScoreLoss loss, Tensor labels, Tensor start)
    {
        var climb = new MomentumAscentOnDevice(loss, start, labels);
        var schedule = new Checkpoints(steps);
        for (int i = 0; i <= steps; i++)
        {
            LongWork.ThrowIfCancelled();
            using var inner = NewDisposeScope();
            var rows = climb.Rows();
            var gradient = given.Gradient(rows, climb.Look);
            if (schedule.Reached(i) is { } gap)
                climb.HalveWhereStuck(gap);
            climb.Step(rows, gradient);
        }
        return climb.Best();
    }

    /// <summary>The steps after which η may be halved.</summary>
    sealed class Checkpoints(int steps)
    {
        int last,
            gap = Gap(steps, 0.22);

        /// <summary>The number of steps since the last checkpoint, where <paramref name="step"/> is one.</summary>
        public int? Reached(int step)
        {
            if (step != last + gap)
                return null;
            int passed = gap;
            (last, gap) = (step, Math.Max(gap - Gap(steps, 0.03), Gap(steps, 0.06)));
            return passed;
        }

        static int Gap(int steps, double share) => Math.Max(1, (int)Math.Ceiling(share * steps));
    }
}
