namespace RobustInference.Running;

/// <summary>A point of the certified-accuracy curve.</summary>
/// <param name="Aggregator">The rule's name.</param>
/// <param name="Threat"><c>fixed</c> or <c>any</c>.</param>
/// <param name="Corrupted">f; the trimmed mean trims as many, a learned rule what it was trained for.</param>
/// <param name="Certified">0…1.</param>
/// <param name="Strong">What the strong suite leaves, 0…1; null where it was not run.</param>
public sealed record CurvePoint(
    string Aggregator,
    string Threat,
    int Corrupted,
    double Certified,
    double? Strong = null
);
