namespace RobustInference.Evaluation;

/// <summary>An attack broke a sample that a certificate covers: the attack, the certificate or the rule is wrong, and
/// no figure of them can be trusted.</summary>
/// <param name="message">Names rule, attack and sample.</param>
public sealed class CertificateViolation(string message) : Exception(message);
