using RobustInference.Results;
using RobustInference.Running;
using RobustInference.Training;

namespace RobustInference.Paper;

/// <summary>Where the numbers of a table are from.</summary>
public static class Provenance
{
    /// <summary>Lines that say which clients answered, how a DeepSet was trained, and on what results were computed
    /// where that is not here.</summary>
    public static IReadOnlyList<string> Of(CellRunner runner, IReadOnlyList<CellResult> results) =>
        [
            .. results
                .Select(result => (result.Cell.Ensemble.Dataset, Clients: result.Cell.Ensemble.Kind?.Title))
                .Distinct()
                .Where(kind => kind.Clients is not null)
                .Select(kind =>
                    PublishedNumbers.PaperClients(kind.Dataset) is { } papers
                        ? $"Clients: {kind.Clients}; the paper's are {papers}."
                        : $"Clients: {kind.Clients}."
                ),
            .. results
                .Select(result =>
                    (
                        result.Cell.Aggregator.Name,
                        Recipe: result.Cell.Aggregator.Settings as DeepSetRecipe
                            ?? (result.Cell.Aggregator.Settings as CalibratedDeepSetRecipe)?.DeepSet
                    )
                )
                .Where(rule => rule.Recipe is { Adversarial: true })
                .Select(rule => $"DeepSets were trained by: {rule.Recipe!.Summary()}.")
                .Distinct(),
            .. results
                .Where(result => !runner.Ensembles.IsAtHand(result.Cell.Ensemble))
                .GroupBy(result => (result.Cell.Ensemble.Name, result.Configuration.Input))
                .Select(group =>
                    $"{group.Key.Name}: recorded on {group.First().InputName} with SHA-256 {group.Key.Input[..12]}…, "
                    + $"{group.First().Samples:N0} test samples, which is not here."
                ),
        ];
}
