namespace RobustInference.Running;

/// <summary>A rule under a threat model in four figures, each 0…1, null where a rule has none.</summary>
/// <param name="Aggregator">The rule's name.</param>
/// <param name="Threat"><c>fixed</c> or <c>any</c>.</param>
/// <param name="Corrupted">f.</param>
/// <param name="Clean">Accuracy without corruption.</param>
/// <param name="PaperBound">Certified by Theorem 1.</param>
/// <param name="Certified">Certified by the best certificate that is known: no attack gets below it.</param>
/// <param name="Strong">Survives the strong suite: no certificate gets above it.</param>
public sealed record CertificationRow(
    string Aggregator,
    string Threat,
    int Corrupted,
    double Clean,
    double? PaperBound,
    double? Certified,
    double? Strong
)
{
    /// <summary>What is not known: between the samples that are certified and those that no attack broke.</summary>
    internal double? Gap => Strong - Certified;
}
