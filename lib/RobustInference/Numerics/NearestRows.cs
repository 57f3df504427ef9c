using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Numerics;

/// <summary>Distances between the rows of a sample, and the rows of the smallest values, with ties shared: so no choice
/// depends on the order of the rows.</summary>
public static class NearestRows
{
    /// <summary>Values closer than this are a tie: far above the rounding of distances in float64, far below what
    /// tells rows apart.</summary>
    public const double Tie = 1e-9;

    /// <summary>Squared Euclidean distances between all rows, constants.</summary>
    /// <param name="answers">[B, n, K].</param>
    /// <returns>[B, n, n] float64, not negative, zeros on the diagonal.</returns>
    public static Tensor SquaredDistances(Tensor answers)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var rows = answers.detach().to(ScalarType.Float64);
        var squares = rows.square().sum(-1);
        var products = rows.bmm(rows.transpose(1, 2));
        var apart = squares.unsqueeze(2) + squares.unsqueeze(1) - products.mul_(2);
        var self = eye(answers.shape[1], dtype: ScalarType.Bool, device: answers.device);
        return apart.clamp_min_(0).masked_fill_(self, 0).MoveToOuterDisposeScope();
    }

    /// <summary>A number for each row that orders the rows of a sample by what they are: Σ_k √(k+2)·z_k, k from 0,
    /// constants.</summary>
    /// <param name="answers">[B, n, K].</param>
    /// <returns>[B, n] float64.</returns>
    public static Tensor OrderKeys(Tensor answers)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var roots = arange(2, answers.shape[2] + 2, dtype: ScalarType.Float64, device: answers.device).sqrt();
        return (answers.detach().to(ScalarType.Float64) * roots).sum(-1).MoveToOuterDisposeScope();
    }

    /// <summary>Weights that pick the <paramref name="count"/> smallest of the last axis: 1 for those, 0 for others,
    /// and where several tie for the last places, an equal share of these.</summary>
    /// <param name="values">[…, n].</param>
    /// <param name="count">1…n.</param>
    /// <returns>[…, n], each row of which sums to <paramref name="count"/>.</returns>
    public static Tensor Smallest(Tensor values, int count)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var last = values.sort(-1).Values.narrow(-1, count - 1, 1);
        Tensor below = values.lt(last - Tie).to(values.dtype),
            tied = values.sub(last).abs_().le(Tie).to(values.dtype);
        var left = count - below.sum(-1, keepdim: true);
        return (below + tied * (left / tied.sum(-1, keepdim: true))).MoveToOuterDisposeScope();
    }
}
