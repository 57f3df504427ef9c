using RobustInference.Catalogue;

namespace RobustInference.Running;

/// <summary>The cells of one ensemble in a sweep: what a task of a job array does.</summary>
/// <param name="Index">From 0, in the order of the grid.</param>
/// <param name="Ensemble">Whose cells.</param>
/// <param name="Cells">How many.</param>
/// <param name="Done">How many of them are recorded.</param>
/// <param name="State">Where it stands.</param>
/// <param name="SecondsLeft">A guess from recorded runs; null where there are none like it.</param>
public sealed record SweepGroup(
    int Index,
    EnsembleId Ensemble,
    int Cells,
    int Done,
    SweepState State,
    double? SecondsLeft
);
