using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>Mean of the order statistics from…to−1 of n rows, of which m can still change: only the honest values that
/// may yet be kept or dropped are looked at again.</summary>
/// <remarks>Among n−m honest values in order, the j-th ends between places j and j+m of all n. It is kept for sure if
/// from ≤ j and j + m &lt; to: those are summed once. It can never be kept if j + m &lt; from or j ≥ to: those are
/// forgotten. At most 2m honest values are left beside the m new ones.
/// </remarks>
public sealed class RangeMeanGiven : ConditionedAggregator
{
    readonly Tensor sure,
        open;
    readonly int changing,
        from,
        kept,
        range,
        clients;
    readonly SortGradient gradient;

    /// <param name="honest">[B, n−m, K].</param>
    /// <param name="changing">m.</param>
    /// <param name="from">First order statistic.</param>
    /// <param name="to">One past the last.</param>
    /// <param name="gradient">What the backward pass does at the sort.</param>
    public RangeMeanGiven(Tensor honest, int changing, int from, int to, SortGradient gradient)
    {
        Argument.AtLeast(changing, 0);
        Argument.AtLeast(from, 0);
        Argument.AtLeast(to, from + 1);
        using var scope = NewDisposeScope();
        int rows = (int)honest.shape[1];
        using var sorted = OrderStatistics.Sorted(honest);
        int openFrom = Math.Max(0, from - changing),
            openTo = Math.Min(rows, to);
        int sureFrom = from,
            sureTo = Math.Max(from, Math.Min(to - changing, rows));
        if (sureTo == sureFrom)
            sureFrom = sureTo = openTo;
        open = cat(
                [
                    sorted.narrow(1, openFrom, Math.Max(0, sureFrom - openFrom)),
                    sorted.narrow(1, sureTo, openTo - sureTo),
                ],
                1
            )
            .DetachFromDisposeScope();
        sure = sorted.narrow(1, sureFrom, sureTo - sureFrom).sum(1).DetachFromDisposeScope();
        (this.changing, this.from, this.gradient) = (changing, from - openFrom, gradient);
        (range, clients) = (to - from, rows + changing);
        kept = range - (sureTo - sureFrom);
    }

    RangeMeanGiven(RangeMeanGiven whole, Tensor samples)
    {
        (changing, from, kept, range, clients, gradient) = (
            whole.changing,
            whole.from,
            whole.kept,
            whole.range,
            whole.clients,
            whole.gradient
        );
        sure = whole.sure.Take(0, samples).DetachFromDisposeScope();
        open = whole.open.Take(0, samples).DetachFromDisposeScope();
    }

    public override int Samples => (int)sure.shape[0];

    /// <summary>Sums of what is kept for sure, [B, K].</summary>
    internal Tensor Sure => sure;

    /// <summary>What may yet be kept or dropped, [B, at most 2m, K], ascending.</summary>
    internal Tensor Open => open;

    /// <summary>m.</summary>
    internal int Changing => changing;

    /// <summary>The first order statistic that is kept, of the open and the changing rows.</summary>
    internal int From => from;

    /// <summary>How many of these are kept.</summary>
    internal int Kept => kept;

    /// <summary>How many of all n rows are kept.</summary>
    internal int Range => range;

    public override Tensor Scores(Tensor corrupted)
    {
        CheckRows(corrupted, changing);
        using var scope = NewDisposeScope();
        if (kept == 0)
            return (sure / range).MoveToOuterDisposeScope();
        var rows = cat([open, corrupted], 1);
        var mean = OrderStatistics.RangeMean(rows, from, from + kept, SortGradient.True);
        return mean.mul((float)kept / range).add(sure, alpha: 1f / range).MoveToOuterDisposeScope();
    }

    public override Tensor Gradient(Tensor corrupted, Func<Tensor, Tensor> cotangent)
    {
        if (gradient == SortGradient.True)
            return base.Gradient(corrupted, cotangent);
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        return cotangent(Scores(corrupted))
            .div_(clients)
            .unsqueeze(1)
            .expand(corrupted.shape)
            .contiguous()
            .MoveToOuterDisposeScope();
    }

    public override ConditionedAggregator Select(Tensor samples) => new RangeMeanGiven(this, samples);

    public override void Dispose()
    {
        sure.Dispose();
        open.Dispose();
        base.Dispose();
    }
}
