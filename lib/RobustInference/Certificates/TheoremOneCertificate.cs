using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Certificates;

/// <summary>Theorem 1 sample by sample: a rule with κ keeps its margin above that of the plain mean of the uncorrupted
/// answers less 2(√(κn/(n−f)) + √(f/(n−f)))·σ_x, whichever f clients are corrupted.</summary>
/// <remarks>For a rule that treats every class by itself, Definition 1 holds in one dimension: with S the n−f honest
/// rows, |R_k − mean_S|² ≤ κ/(n−f)·Σ_{i∈S}([h_i]_k − mean_S)² ≤ κn/(n−f)·σ_x², and |mean_S − [h̄]_k| ≤ √(f/(n−f))·σ_x.
/// So every score is within (√(κn/(n−f)) + √(f/(n−f)))·σ_x of the mean's, and a margin loses that twice. A statement
/// about <i>any</i> f clients, hence about every fixed set too. Where a rule has no κ nothing is
/// known: −∞.
/// </remarks>
/// <param name="kappa">κ of the rule for n and f, null where it has none.</param>
public sealed class TheoremOneCertificate(Func<int, int, double?> kappa) : ICertificate
{
    readonly Func<int, int, double?> kappa = Argument.Given(kappa);

    public string Name => "Theorem 1";

    public bool IsExact => false;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The threat model has another number of clients.</exception>
    public Tensor Margins(ProbitSet answers, Adversary adversary, ThreatModel threat)
    {
        threat.CheckFits(answers);
        if (kappa(threat.Clients, threat.Count) is not { } own)
            return full([answers.Samples], double.NegativeInfinity, dtype: ScalarType.Float64);
        using var scope = NewDisposeScope();
        var rows = answers.Probits.to(ScalarType.Float64);
        return (
            LabelMargin(rows.mean([1L]), answers.Labels) - TheoremOne.Threshold(rows, own, threat.Count)
        ).MoveToOuterDisposeScope();
    }

    static Tensor LabelMargin(Tensor scores, Tensor labels)
    {
        var own = labels.unsqueeze(1);
        return scores.gather(1, own).squeeze(1)
            - scores.scatter(1, own, full_like(own, double.NegativeInfinity, dtype: scores.dtype)).amax([1L]);
    }
}
