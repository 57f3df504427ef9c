namespace RobustInference.Training;

/// <summary>What a CertifiedVote does on some samples, 0…1.</summary>
/// <param name="Clean">Accuracy without corruption.</param>
/// <param name="Fixed">Certified accuracy for a fixed set of corrupted clients, the mean over some draws of it.</param>
/// <param name="Any">Certified accuracy for any set.</param>
/// <param name="Answered">Classes that it answers at all.</param>
/// <param name="FixedOfClass">Certified accuracy of each class for a fixed set, the mean over the same draws.</param>
/// <param name="AnyOfClass">Certified accuracy of each class for any set.</param>
/// <param name="Mean">Accuracy of the plain mean.</param>
public sealed record VoteFigures(
    double Clean,
    double Fixed,
    double Any,
    int Answered,
    IReadOnlyList<double> FixedOfClass,
    IReadOnlyList<double> AnyOfClass,
    double Mean
)
{
    /// <summary>A class is given up where less than this share of its samples is certified.</summary>
    public const double LeastCovered = 0.01;

    /// <summary>Classes that are not given up against any set.</summary>
    public int Covered => AnyOfClass.Count(share => share >= LeastCovered);
}
