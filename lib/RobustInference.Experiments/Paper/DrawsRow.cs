namespace RobustInference.Paper;

/// <summary>One figure of <see cref="DrawsTable"/>: an accuracy, averaged over draws of the corrupted clients and over
/// ensembles.</summary>
/// <param name="Dataset">Name of the data set.</param>
/// <param name="Alpha">α of the partition.</param>
/// <param name="Clients">n.</param>
/// <param name="Corrupted">f.</param>
/// <param name="Aggregator">The rule's name.</param>
/// <param name="Attack">An attack's name, Clean, Worst case or Pointwise worst case.</param>
/// <param name="Accuracy">0…1, mean over draws, then over ensembles.</param>
/// <param name="Std">Sample standard deviation (n−1) over the draws of an ensemble, pooled over ensembles; null for one
/// draw, and without corruption.</param>
/// <param name="Low">Lower end of the 95 % bootstrap interval over ensembles, draws and test samples.</param>
/// <param name="High">Its upper end.</param>
/// <param name="Seeds">Which ensembles.</param>
/// <param name="Draws">Random seeds of the draws, the same for every ensemble.</param>
/// <param name="Model">What kind of client answered; null where unknown.</param>
public sealed record DrawsRow(
    string Dataset,
    double Alpha,
    int Clients,
    int Corrupted,
    string Aggregator,
    string Attack,
    double Accuracy,
    double? Std,
    double Low,
    double High,
    IReadOnlyList<long> Seeds,
    IReadOnlyList<long> Draws,
    string? Model
);
