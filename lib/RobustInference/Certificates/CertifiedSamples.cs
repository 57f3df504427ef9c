using RobustInference.Probits;

namespace RobustInference.Certificates;

/// <summary>Which samples a certificate covers.</summary>
public static class CertifiedSamples
{
    /// <summary>Per sample, whether the label's margin stays positive whatever the adversary sends: a tie counts as
    /// lost.</summary>
    public static bool[] Certified(
        this ICertificate certificate,
        ProbitSet answers,
        Adversary adversary,
        ThreatModel threat
    ) => certificate.ArePositive(answers, adversary, threat);
}
