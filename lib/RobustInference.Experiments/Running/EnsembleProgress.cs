using RobustInference.Catalogue;

namespace RobustInference.Running;

/// <summary>Where the work on one ensemble stands.</summary>
/// <param name="Ensemble">Which one, from 0.</param>
/// <param name="Stage">What it is doing.</param>
/// <param name="Done">0…1.</param>
public readonly record struct EnsembleProgress(int Ensemble, string Stage, double Done);
