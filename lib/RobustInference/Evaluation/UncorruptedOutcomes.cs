using RobustInference.Certificates;
using RobustInference.Probits;

namespace RobustInference.Evaluation;

/// <summary>What a rule makes of answers whoever is corrupted: computed once for all sets of corrupted clients that are
/// looked at.</summary>
/// <param name="mostCorrupted">The greatest f whose certificate against any f clients is asked for; 0 where one f is
/// all.</param>
/// <param name="sets">Fixed sets whose certificate is asked for; default: none is known ahead.</param>
public sealed class UncorruptedOutcomes(int mostCorrupted, IReadOnlyList<ThreatModel>? sets = null)
{
    readonly string[] known = [.. (sets ?? []).Select(NameOf)];
    bool[]? clean;
    int[]? radii;
    IReadOnlyList<bool[]>? certified;

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

    /// <summary>Per sample, whether the rule is right whatever these clients send: one pass over the samples serves
    /// every set where that costs less.</summary>
    internal bool[] CertifiedAgainst(ThreatModel threat, ICertificate certificate, ProbitSet answers)
    {
        int at = Array.IndexOf(known, NameOf(threat));
        if (at < 0 || known.Length < 2 || !certificate.SharesSets)
            return certificate.Certified(answers, Adversary.Fixed, threat);
        certified ??= certificate.ArePositive(answers, sets!);
        return [.. certified[at]];
    }

    static string NameOf(ThreatModel threat) => string.Join(",", threat.Corrupted);
}
