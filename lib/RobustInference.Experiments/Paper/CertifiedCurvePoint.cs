namespace RobustInference.Paper;

/// <summary>A point of <see cref="CertifiedCurve"/>.</summary>
/// <param name="Aggregator">The rule's name.</param>
/// <param name="Alpha">α of the partition.</param>
/// <param name="Threat"><c>fixed</c> or <c>any</c>.</param>
/// <param name="Corrupted">f.</param>
/// <param name="Certified">0…1, the mean over ensembles.</param>
/// <param name="Std">Standard deviation over ensembles; null for one ensemble.</param>
public sealed record CertifiedCurvePoint(
    string Aggregator,
    double Alpha,
    string Threat,
    int Corrupted,
    double Certified,
    double? Std
);
