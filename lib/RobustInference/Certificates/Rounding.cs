using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Certificates;

/// <summary>How far a <see cref="DeepSetNetwork"/> in float32 can be from the same network in exact arithmetic,
/// whatever the order of its sums: what a certificate must allow for.</summary>
/// <remarks>A sum of m products computed in float32 is off by at most γ_m Σ|aᵢbᵢ|, γ_m = mu/(1−mu) with u = 2⁻²⁴
/// (Higham, <i>Accuracy and Stability of Numerical Algorithms</i>, 2002, section 3.1), which holds for every order and
/// with fused operations; underflow is left out. Two more terms than there are pay for the certificate's own arithmetic
/// in float64.</remarks>
public static class Rounding
{
    const double Unit = 1.0 / (1 << 24);

    /// <summary>γ of a sum of <paramref name="terms"/> products, and two.</summary>
    public static double Gamma(long terms) => (terms + 2) * Unit / (1 - (terms + 2) * Unit);

    /// <summary>How far two computed encodings of the same row, in batches of different shape, can be apart in every
    /// latent coordinate.</summary>
    /// <remarks>Each is within e of ρ, and e is convex in the row: its greatest value over the simplex stands at a
    /// corner. Rows may miss the simplex by <see cref="ProbitSet.SumTolerance"/>, hence corners of 1 ± that.</remarks>
    /// <returns>[h] float64.</returns>
    public static Tensor OfEncodings(DeepSetNetwork network)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        Tensor first = Doubles(network.RhoIn.weight!),
            bias = Doubles(network.RhoIn.bias!),
            last = Doubles(network.RhoOut.weight!).abs_();
        var corners = eye(network.Classes, dtype: ScalarType.Float64);
        var rows = cat([corners * (1 - ProbitSet.SumTolerance), corners * (1 + ProbitSet.SumTolerance)]);
        // Off by this much in each hidden unit, before its ReLU and after it.
        var hiddenError =
            (first.abs().amax([1L]) * (1 + ProbitSet.SumTolerance) + bias.abs()) * Gamma(network.Classes + 1);
        var hidden = rows.mm(first.t()).add_(bias).relu_() + hiddenError;
        var sizes = hidden.mm(last.t()).amax([0L]) + Doubles(network.RhoOut.bias!).abs();
        return ((sizes * Gamma(network.Hidden + 1) + last.mv(hiddenError)) * 2).MoveToOuterDisposeScope();
    }

    /// <summary>A copy in float64.</summary>
    public static Tensor Doubles(Tensor weights) => weights.detach().to(ScalarType.Float64);
}
