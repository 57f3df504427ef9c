using RobustInference.Catalogue;

namespace RobustInference.Results;

/// <summary>The unit of every experiment: one rule under one attack, on one ensemble with one set of corrupted clients.
/// Everything that decides its outcome is in here.</summary>
/// <remarks>A cell's hash names its recorded result. A record that a cell holds may grow a field whose default means
/// "as before" only if that field is marked <c>[JsonIgnore(Condition = WhenWritingDefault)]</c>: otherwise every
/// recorded result is orphaned.</remarks>
/// <param name="Ensemble">Whose answers.</param>
/// <param name="Corrupted">f.</param>
/// <param name="Draw">Seed of the draw of corrupted clients and of what attacks draw.</param>
/// <param name="Aggregator">The rule, and how it was trained.</param>
/// <param name="Attack">The attack, or Clean.</param>
public sealed record ExperimentCell(
    EnsembleId Ensemble,
    int Corrupted,
    long Draw,
    AggregatorSetting Aggregator,
    AttackSetting Attack
);
