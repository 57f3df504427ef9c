using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Certificates;

/// <summary>Theorem 1 of the paper for ψ_o = mean and ψ_rob = CWTM: the robustness gap is at most P[MARGIN(h̄(x)) &lt;
/// 2(√(κn/(n−f)) + √(f/(n−f)))·σ_x], whichever f clients are corrupted.</summary>
/// <remarks>A margin of 0 (all scores equal, or a tie) counts as 0 and is never certified; the paper sets it to ∞,
/// which is unsound sample by sample.</remarks>
public static class TheoremOne
{
    /// <summary>σ_x = max_k √(1/n Σ_i ([h_i]_k − [h̄]_k)²).</summary>
    /// <param name="probits">[S, n, K].</param>
    /// <returns>[S].</returns>
    public static Tensor Spread(Tensor probits)
    {
        using var scope = NewDisposeScope();
        return probits.var(1, unbiased: false).amax([1L]).sqrt().MoveToOuterDisposeScope();
    }

    /// <summary>MARGIN(h̄(x)): the highest minus the second highest entry of the mean.</summary>
    /// <param name="probits">[S, n, K].</param>
    /// <returns>[S], at least 0.</returns>
    public static Tensor Margin(Tensor probits)
    {
        using var scope = NewDisposeScope();
        var top = probits.mean([1L]).topk(2, -1).values;
        return (top.select(1, 0) - top.select(1, 1)).MoveToOuterDisposeScope();
    }

    /// <summary>What σ_x is multiplied by: 2(√(κn/(n−f)) + √(f/(n−f))).</summary>
    /// <param name="kappa">κ of the robust average.</param>
    /// <param name="clients">n.</param>
    /// <param name="corrupted">f.</param>
    public static double Factor(double kappa, int clients, int corrupted)
    {
        double honest = clients - corrupted;
        return 2 * (Math.Sqrt(kappa * clients / honest) + Math.Sqrt(corrupted / honest));
    }

    /// <summary>What a sample's margin must exceed to be certified: <see cref="Factor"/> times
    /// <see cref="Spread"/>.</summary>
    /// <param name="probits">[S, n, K].</param>
    /// <param name="kappa">κ of the robust average.</param>
    /// <param name="corrupted">f.</param>
    /// <returns>[S].</returns>
    public static Tensor Threshold(Tensor probits, double kappa, int corrupted)
    {
        using var scope = NewDisposeScope();
        return (Spread(probits) * Factor(kappa, (int)probits.shape[1], corrupted)).MoveToOuterDisposeScope();
    }

    /// <summary>The bound on the robustness gap of CWTM: the share of samples whose margin is not above the
    /// threshold.</summary>
    public static double Bound(ProbitSet answers, int corrupted)
    {
        using var scope = NewDisposeScope();
        var certified =
            Margin(answers.Probits)
            > Threshold(answers.Probits, Kappa.TrimmedMean(answers.Clients, corrupted), corrupted);
        return 1 - certified.to(ScalarType.Float64).mean().item<double>();
    }
}
