using RobustInference.Catalogue;
using RobustInference.Evaluation;
using RobustInference.Probits;

namespace RobustInference.Running;

/// <summary>What is known of one rule under one threat model, sample by sample.</summary>
/// <param name="Aggregator">The rule's name.</param>
/// <param name="Adversary">Who picks the corrupted clients.</param>
/// <param name="Corrupted">f.</param>
/// <param name="Clean">Right without corruption.</param>
/// <param name="PaperBound">Certified by Theorem 1, a statement about any clients and so about a fixed set too; null
/// for a rule without κ.</param>
/// <param name="Certified">Certified by the best certificate that is known; null for a rule without one.</param>
/// <param name="IsExact">Whether that certificate is the worst case itself: then no attack does more, and some attack
/// does as much.</param>
/// <param name="Strong">Per sample, whether it survives the strong suite; null where it was not run.</param>
/// <param name="Flags">Reasons to distrust the suite's figure, a sentence each.</param>
public sealed record CertificationReport(
    string Aggregator,
    Adversary Adversary,
    int Corrupted,
    bool[] Clean,
    bool[]? PaperBound,
    bool[]? Certified,
    bool IsExact,
    bool[]? Strong,
    IReadOnlyList<string> Flags
)
{
    /// <summary>Certified samples that an attack broke: none, or the certificate, the suite or single precision is
    /// wrong.</summary>
    public int Contradictions =>
        Certified is null || Strong is null ? 0 : Certified.Zip(Strong).Count(pair => pair.First && !pair.Second);

    /// <summary>The report's figures.</summary>
    public CertificationRow ToRow() =>
        new(
            Aggregator,
            ThreatName.Of(Adversary),
            Corrupted,
            RobustnessReport.Accuracy(Clean),
            Share(PaperBound),
            Share(Certified),
            Share(Strong)
        );

    static double? Share(bool[]? samples) => samples is null ? null : RobustnessReport.Accuracy(samples);
}
