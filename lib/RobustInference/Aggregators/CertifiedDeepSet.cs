using RobustInference.Certificates;
using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Serving;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>DeepSet with the trimmed mean, trained for its certificate and not against an attack: see
/// <see cref="DeepSetTrimmedMean"/> for the rule, which is the same function of other weights, and usually of a larger
/// trim: t may be any number from f to (n−1)/2.</summary>
public sealed class CertifiedDeepSet(DeepSetNetwork network, int trim) : Aggregator
{
    // It checks both arguments.
    readonly DeepSetTrimmedMean rule = new(network, trim);

    public override string Name => "CertifiedDeepSet";

    public override ScoreScale Scale => rule.Scale;

    public DeepSetNetwork Network => network;

    /// <summary>t.</summary>
    public int Trim => trim;

    public override ICertificate Certificate(Adversary adversary) => new DeepSetCertificate(network, trim);

    public override ServedRule ToServed() => ServedTwin.Of(Name, network, trim);

    public override Aggregator On(Device device) =>
        network.RhoIn.bias!.device == device ? this : new CertifiedDeepSet(network.Copy(device), trim);

    public override void Dispose()
    {
        network.Dispose();
        base.Dispose();
    }

    /// <exception cref="ArgumentException">n ≤ 2t.</exception>
    /// <inheritdoc/>
    public override Tensor Scores(Tensor answers)
    {
        Check(answers);
        return rule.Scores(answers);
    }

    public override ConditionedAggregator Given(
        Tensor answers,
        IReadOnlyList<int> corrupted,
        SortGradient gradient = SortGradient.Mean
    )
    {
        Check(answers);
        return rule.Given(answers, corrupted, gradient);
    }

    void Check(Tensor answers)
    {
        CheckAnswers(answers, 2L * trim + 1);
        CheckClasses(answers, network.Classes);
    }
}
