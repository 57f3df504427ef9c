using RobustInference.Catalogue;
using RobustInference.Numerics;
using RobustInference.Reporting;
using RobustInference.Results;

namespace RobustInference.Running;

/// <summary>Runs recorded cells anew from nothing: rules are trained again, and no other result is read.</summary>
public static class ResultVerification
{
    /// <summary>Share of the samples that may come out otherwise on another processor, for a static rule: sums in
    /// another order decide near ties otherwise.</summary>
    public const double StaticTolerance = 0.001;

    /// <summary>The same for a trained rule: its weights differ in their last bits after every step.</summary>
    public const double TrainedTolerance = 0.03;

    /// <summary>Cells of ensembles that are at hand, drawn without replacement.</summary>
    /// <param name="recorded">What is recorded.</param>
    /// <param name="ensembles">Where ensembles are; a cell on other bytes than those at hand is left out.</param>
    /// <param name="count">How many, at most.</param>
    /// <param name="seed">Random seed.</param>
    public static IReadOnlyList<CellResult> Draw(
        IEnumerable<CellResult> recorded,
        EnsembleSource ensembles,
        int count,
        long seed
    )
    {
        var atHand = recorded
            .Select(result => result.Cell.Ensemble)
            .Distinct()
            .Where(ensemble => ensemble.Recipe is null && ensembles.IsAtHand(ensemble))
            .ToDictionary(ensemble => ensemble, ensembles.InputOf);
        CellResult[] known =
        [
            .. recorded.Where(result =>
                atHand.GetValueOrDefault(result.Cell.Ensemble) == result.Configuration.Input
                && RuleCatalog.Find(result.Cell.Aggregator.Name) is { Id: not RuleId.TrainedFile }
            ),
        ];
        RandomStream.Managed(seed, "verify-results").ShuffleInplace<CellResult>(known);
        return [.. known.Take(count)];
    }

    /// <summary>Runs cells anew.</summary>
    /// <param name="recorded">Recorded cells; of rules that are trained, each is trained for its cell.</param>
    /// <param name="ensembles">Where ensembles are.</param>
    /// <param name="progress">Told which cell, its stage and how much is done.</param>
    /// <param name="cancel">Checked between batches.</param>
    public static IReadOnlyList<VerifiedCell> Run(
        IReadOnlyList<CellResult> recorded,
        EnsembleSource ensembles,
        Action<int, string, double>? progress = null,
        CancellationToken cancel = default
    ) =>
        [
            .. recorded.Select(
                (old, index) =>
                {
                    var empty = Directory.CreateTempSubdirectory("verify-results-");
                    try
                    {
                        var now = new CellRunner(
                            new ResultStore(Path.Combine(empty.FullName, "results")),
                            ensembles,
                            Path.Combine(empty.FullName, "rules")
                        ).Run([old.Cell], state => progress?.Invoke(index, state.Stage, state.Done), cancel)[0];
                        int different = old.Right().Zip(now.Right()).Count(pair => pair.First != pair.Second);
                        return new VerifiedCell(old, now, different, ToleranceOf(old));
                    }
                    finally
                    {
                        empty.Delete(recursive: true);
                    }
                }
            ),
        ];

    /// <summary>How many samples of a cell may come out otherwise.</summary>
    public static int ToleranceOf(CellResult result) =>
        (int)
            Math.Ceiling(
                result.Samples
                    * (RuleCatalog.IsStatic(result.Cell.Aggregator.Name) ? StaticTolerance : TrainedTolerance)
            );

    /// <summary>A row a cell.</summary>
    public static Table ToTable(IReadOnlyList<VerifiedCell> cells) =>
        new(
            "Recorded cells, run anew",
            [
                "Ensemble",
                "Rule",
                "Attack",
                Column.OfNumbers("Recorded, %"),
                Column.OfNumbers("Now, %"),
                Column.OfNumbers("Samples that differ"),
                Column.OfNumbers("May differ"),
                "",
            ],
            [
                .. cells.Select(cell =>
                    (IReadOnlyList<Cell>)
                        [
                            cell.Recorded.Cell.Ensemble.Name,
                            cell.Recorded.Cell.Aggregator.Label,
                            cell.Recorded.Cell.Attack.Name,
                            Cell.OfPercent(cell.Recorded.Accuracy),
                            Cell.OfPercent(cell.Now.Accuracy),
                            Cell.Of(cell.Different),
                            Cell.Of(cell.Tolerance),
                            cell.Holds ? "" : "differs",
                        ]
                ),
            ],
            [
                $"{cells.Count(cell => cell.Holds)} of {cells.Count} cells hold. A static rule may differ in "
                    + FormattableString.Invariant(
                        $"{100 * StaticTolerance} % of the samples, a trained one in {100 * TrainedTolerance} %, "
                    )
                    + "by the order of sums on another processor.",
            ]
        );
}
