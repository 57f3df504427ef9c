using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>An <see cref="Aggregator"/> with everything fixed but the m rows of the corrupted clients: a function of
/// those alone.</summary>
public abstract class ConditionedAggregator : IDisposable
{
    /// <summary>B.</summary>
    public abstract int Samples { get; }

    /// <summary>The scores.</summary>
    /// <param name="corrupted">[B, m, K], the rows that the corrupted clients send; differentiable.</param>
    /// <returns>[B, K], equal to those of the rule on all n rows.</returns>
    public abstract Tensor Scores(Tensor corrupted);

    /// <summary>Gradient with respect to the corrupted rows, by autograd unless a rule knows a shorter way.</summary>
    /// <param name="corrupted">[B, m, K], constants.</param>
    /// <param name="cotangent">Given scores [B, K], the gradient of a loss with respect to them, [B, K].</param>
    /// <returns>[B, m, K], contiguous.</returns>
    public virtual Tensor Gradient(Tensor corrupted, Func<Tensor, Tensor> cotangent)
    {
        using var scope = NewDisposeScope();
        using var tracked = enable_grad();
        var rows = corrupted.detach().requires_grad_();
        var scores = Scores(rows);
        var outer = cotangent(scores.detach());
        // A rule that counts votes has no gradient anywhere.
        if (!scores.requires_grad)
            return zeros_like(rows).MoveToOuterDisposeScope();
        // Not backward(): weights are constants here, and that would work out and keep their gradients too.
        // With one corrupted row autograd may hand back a view of a broadcast, which the loops over rows do not take.
        return autograd.grad([scores], [rows], [outer])[0].contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>Checks [B, m, K]: another m would be a wrong answer without a word where only sums are kept.</summary>
    /// <exception cref="ArgumentException">Another B or m, or not three axes.</exception>
    protected void CheckRows(Tensor corrupted, int changing)
    {
        if (corrupted.dim() != 3 || corrupted.shape[0] != Samples || corrupted.shape[1] != changing)
            throw new ArgumentException(
                $"wanted {changing} corrupted rows of {Samples} samples, got [{string.Join(", ", corrupted.shape)}]"
            );
    }

    /// <summary>The same for some of the samples.</summary>
    /// <param name="samples">[B′] int64 indices.</param>
    public abstract ConditionedAggregator Select(Tensor samples);

    /// <summary>The same with a sample in every lane of a few vectors, for attacks of many steps; null where a rule has
    /// no such form. It must not outlive this object.</summary>
    public virtual LaneGiven<T>? InLanes<T>()
        where T : struct, IFloatLanes<T> => null;

    /// <summary>The same for logits that climb by steps of one size; null where a rule has no such form, or one that
    /// is no faster. It must not outlive this object.</summary>
    /// <param name="step">Size of a step, greater than 0.</param>
    public virtual SteppingDeepSet<T>? InSteps<T>(float step)
        where T : struct, IFloatLanes<T> => null;

    public virtual void Dispose() => GC.SuppressFinalize(this);
}
