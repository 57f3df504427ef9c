namespace RobustInference.Assessment;

/// <summary>What a report is to look at.</summary>
/// <param name="Corrupted">Numbers of corrupted clients f, ascending.</param>
/// <param name="Training">How much is trained.</param>
/// <param name="Aggregator">A file of a trained rule that takes the place of training; null for none.</param>
/// <param name="AttackedSamples">How many test samples the strong suite attacks, at most.</param>
public sealed record ReportOptions(
    IReadOnlyList<int> Corrupted,
    ReportTraining Training = ReportTraining.Quick,
    string? Aggregator = null,
    int AttackedSamples = 500
);
