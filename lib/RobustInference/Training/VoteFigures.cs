namespace RobustInference.Training;

/// <summary>What a CertifiedVote does on some samples, 0…1.</summary>
/// <param name="Clean">Accuracy without corruption.</param>
/// <param name="Fixed">Certified accuracy for a fixed set of corrupted clients, the mean over some draws of it.</param>
/// <param name="Any">Certified accuracy for any set.</param>
/// <param name="Answered">Classes that it answers at all.</param>
/// <param name="Covered">Classes of which samples are certified for any set.</param>
/// <param name="Mean">Accuracy of the plain mean.</param>
public sealed record VoteFigures(double Clean, double Fixed, double Any, int Answered, int Covered, double Mean);
