using MathNet.Numerics.Statistics;
using RobustInference.Catalogue;
using RobustInference.Reporting;
using RobustInference.Results;
using RobustInference.Running;
using RobustInference.Training;

namespace RobustInference.Paper;

/// <summary>Table 10 of the paper: more steps of PGD at test than in training.</summary>
/// <param name="Rows">Tidy rows; the attack says its steps.</param>
/// <param name="Notes">Lines that say where the numbers are from.</param>
public sealed record AttackStepsTable(IReadOnlyList<ResultRow> Rows, IReadOnlyList<string> Notes)
{
    /// <summary>As many as in training, and more.</summary>
    public static IReadOnlyList<int> Steps { get; } = [50, 100, 200, 500];

    /// <summary>The table as data.</summary>
    public static Experiment Experiment(string dataset, double alpha, IReadOnlyList<long> seeds) =>
        RobustnessExperiment.Experiment(dataset, alpha, seeds) with
        {
            Id = "table10",
            Title = FormattableString.Invariant(
                $"Table 10, {PublishedNumbers.PaperName(dataset)}: α = {alpha}, PGD-cw by its steps"
            ),
            Attacks =
            [
                AttackId.Clean,
                .. Steps.Select(steps => new AttackSetting("PGD-cw", new ProjectedGradientSettings(steps))),
            ],
        };

    /// <summary>Reads what is recorded and runs what is not.</summary>
    public static AttackStepsTable Run(
        Experiment experiment,
        CellRunner runner,
        Action<EnsembleProgress>? progress = null,
        CancellationToken cancel = default
    )
    {
        var results = runner.Run(experiment.Cells(), progress, cancel);
        return new(
            [
                .. results
                    .GroupBy(result => (result.Cell.Aggregator.Name, Column(result.Cell.Attack)))
                    .Select(group =>
                    {
                        var (ensemble, corrupted, _, _, _, _) = group.First().Cell;
                        double[] values = [.. group.Select(result => result.Accuracy)];
                        return new ResultRow(
                            ensemble.Dataset,
                            ensemble.Alpha,
                            ensemble.Clients,
                            corrupted,
                            group.Key.Name,
                            group.Key.Item2,
                            values.Mean(),
                            values.Length > 1 ? values.StandardDeviation() : null,
                            [.. group.Select(result => result.Cell.Ensemble.Seed)],
                            Model: ensemble.Kind?.Name
                        );
                    }),
            ],
            [
                .. results
                    .Select(result => result.Cell.Aggregator.Settings)
                    .OfType<DeepSetRecipe>()
                    .Select(recipe =>
                        FormattableString.Invariant(
                            $"DeepSet-TM is trained against {recipe.Steps} steps of {recipe.StepSize ?? 0.1}."
                        )
                    )
                    .Distinct(),
                .. Provenance.Of(runner, results),
            ]
        );
    }

    /// <summary>The printed table.</summary>
    public Table ToTable(string title) =>
        ResultTable.Pivot(
            ResultRow.ToDataFrame(Rows),
            title,
            RobustnessExperiment.Aggregators,
            [AttackId.Clean, .. Steps.Select(Column)],
            notes: Notes
        );

    static string Column(AttackSetting attack) =>
        attack.Settings is ProjectedGradientSettings settings ? Column(settings.Steps) : attack.Name;

    static string Column(int steps) => $"PGD-cw, {steps} steps";
}
