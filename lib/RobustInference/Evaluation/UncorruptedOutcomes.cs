using RobustInference.Certificates;
using RobustInference.Probits;

namespace RobustInference.Evaluation;

/// <summary>What a rule makes of answers whoever is corrupted: computed once for all numbers of corrupted clients that
/// are looked at.</summary>
/// <param name="mostCorrupted">The greatest f whose certificate against any f clients is asked for; 0 where one f is
/// all.</param>
public sealed class UncorruptedOutcomes(int mostCorrupted)
{
    bool[]? clean;
    int[]? radii;

    /// <summary>Per sample, whether the rule is right without corruption.</summary>
    internal bool[] Clean(Func<bool[]> compute) => clean ??= compute();

    /// <summary>Per sample, whether the rule is right whichever f clients are corrupted: one pass over the samples
    /// serves every f.</summary>
    internal bool[] CertifiedAgainstAny(ICertificate certificate, ProbitSet answers, ThreatModel threat)
    {
        if (mostCorrupted < Math.Max(1, threat.Count))
            return certificate.Certified(answers, Adversary.Any, threat);
        radii ??= certificate.Radii(answers, mostCorrupted);
        return [.. radii.Select(radius => radius >= threat.Count)];
    }
}
