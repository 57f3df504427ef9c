using RobustInference.Aggregators;
using RobustInference.Certificates;
using RobustInference.Probits;
using TorchSharp;

namespace RobustInference.Evaluation;

/// <summary>No attack gets below what is certified, sample by sample.</summary>
public static class CertifiedFloor
{
    /// <summary>A certified margin below this may be lost to single precision, in which the rule itself runs.</summary>
    public const double Tolerance = 1e-5;

    /// <summary>Checks the samples that were lost; the others are not asked about.</summary>
    /// <param name="rule">The rule that was attacked.</param>
    /// <param name="certificate">What holds for it.</param>
    /// <param name="answers">The uncorrupted answers.</param>
    /// <param name="adversary">Who picked the corrupted clients.</param>
    /// <param name="threat">The set for <see cref="Adversary.Fixed"/>, else its f.</param>
    /// <param name="right">Per sample, whether the rule was right.</param>
    /// <param name="attack">The name of what broke a sample.</param>
    /// <exception cref="CertificateViolation">A lost sample's certified margin is greater than
    /// <see cref="Tolerance"/>.</exception>
    public static void Check(
        Aggregator rule,
        ICertificate certificate,
        ProbitSet answers,
        Adversary adversary,
        ThreatModel threat,
        bool[] right,
        Func<int, string> attack
    )
    {
        int[] lost = [.. Enumerable.Range(0, right.Length).Where(s => !right[s])];
        if (lost.Length == 0)
            return;
        using var some = answers.Select([.. lost.Select(s => (long)s)]);
        using var margins = certificate.Margins(some, adversary, threat);
        double[] least = margins.data<double>().ToArray();
        for (int i = 0; i < lost.Length; i++)
            if (least[i] > Tolerance)
                throw Violation(rule, certificate, attack(lost[i]), lost[i], least[i]);
    }

    /// <summary>As above, where the margins are known already.</summary>
    /// <param name="rule">The rule that was attacked.</param>
    /// <param name="certificate">Where the margins are from.</param>
    /// <param name="margins">Per sample.</param>
    /// <param name="right">Per sample, whether the rule was right.</param>
    /// <param name="attack">The name of the attack.</param>
    /// <exception cref="CertificateViolation">A lost sample's certified margin is greater than
    /// <see cref="Tolerance"/>.</exception>
    public static void Check(
        Aggregator rule,
        ICertificate certificate,
        ReadOnlySpan<double> margins,
        bool[] right,
        string attack
    )
    {
        for (int s = 0; s < right.Length; s++)
            if (!right[s] && margins[s] > Tolerance)
                throw Violation(rule, certificate, attack, s, margins[s]);
    }

    static CertificateViolation Violation(
        Aggregator rule,
        ICertificate certificate,
        string attack,
        int sample,
        double margin
    ) =>
        new(
            FormattableString.Invariant(
                $"{rule.Name}, sample {sample}: {attack} breaks it, but its {certificate.Name} worst-case "
            ) + FormattableString.Invariant($"margin is {margin:0.######}")
        );
}
