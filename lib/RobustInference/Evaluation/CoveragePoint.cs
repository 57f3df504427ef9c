namespace RobustInference.Evaluation;

/// <summary>A point of the curve of accuracy against coverage: the rule answers where the certified radius is at least
/// r and abstains elsewhere.</summary>
/// <param name="Tolerated">r, absent clients included: an answer stands if so many clients are corrupted.</param>
/// <param name="Coverage">Share of the samples that are answered, 0…1.</param>
/// <param name="Accuracy">Share of these that are right, 0…1; null where none is answered or labels are
/// missing.</param>
/// <param name="Certified">Share of all samples that are answered right, 0…1, which is the certified accuracy for any r
/// corrupted clients; null where labels are missing.</param>
public sealed record CoveragePoint(int Tolerated, double Coverage, double? Accuracy, double? Certified);
