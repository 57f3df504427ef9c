namespace RobustInference.Assessment;

/// <summary>A rule against any f corrupted clients per sample.</summary>
/// <param name="Rule">Its name.</param>
/// <param name="IsLearned">Whether it is trained.</param>
/// <param name="Corrupted">f.</param>
/// <param name="Clean">Right without corruption.</param>
/// <param name="Certified">Right whatever they send; null without a certificate.</param>
/// <param name="Attacked">Right under every known attack, on the attacked samples; where the certificate is exact, what
/// it says; null where it was not measured.</param>
public sealed record RuleFacts(
    string Rule,
    bool IsLearned,
    int Corrupted,
    Share Clean,
    Share? Certified,
    Share? Attacked
);
