using RobustInference.Aggregators;
using RobustInference.Certificates;
using RobustInference.Probits;

namespace RobustInference.Evaluation;

/// <summary>What is proved for a rule under both threat models.</summary>
/// <param name="Aggregator">The rule's name.</param>
/// <param name="IsExact">Whether the figures are the worst case itself and not only a lower bound.</param>
/// <param name="FixedSamples">Per sample, whether it is certified against the fixed set; null without a
/// certificate.</param>
/// <param name="AnySamples">The same against any f clients per sample.</param>
public sealed record CertifiedAccuracy(string Aggregator, bool IsExact, bool[]? FixedSamples, bool[]? AnySamples)
{
    /// <summary>Certified accuracy against the fixed set, 0…1; null without a certificate.</summary>
    public double? Fixed => FixedSamples is null ? null : RobustnessReport.Accuracy(FixedSamples);

    /// <summary>Certified accuracy against any f clients per sample, 0…1; null without a certificate.</summary>
    public double? Any => AnySamples is null ? null : RobustnessReport.Accuracy(AnySamples);

    /// <summary>By the rule's own certificate.</summary>
    /// <exception cref="ArgumentException">The threat model has another number of clients.</exception>
    public static CertifiedAccuracy Of(ProbitSet answers, Aggregator rule, ThreatModel threat)
    {
        threat.CheckFits(answers);
        return new(
            rule.Name,
            rule.Certificate(Adversary.Fixed) is { IsExact: true },
            Samples(Adversary.Fixed),
            Samples(Adversary.Any)
        );

        bool[]? Samples(Adversary adversary) => rule.Certificate(adversary)?.Certified(answers, adversary, threat);
    }
}
