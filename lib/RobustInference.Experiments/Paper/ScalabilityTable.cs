using RobustInference.Reporting;
using RobustInference.Results;
using RobustInference.Running;

namespace RobustInference.Paper;

/// <summary>Table 3 of the paper, scalability: Table 2 for more clients and more of them corrupted.</summary>
/// <param name="Parts">A table for each (n, f).</param>
public sealed record ScalabilityTable(IReadOnlyList<RobustnessTable> Parts)
{
    /// <summary>α of the paper's Table 3.</summary>
    public const double Alpha = 0.3;

    /// <summary>(n, f) of the paper's Table 3.</summary>
    public static IReadOnlyList<(int Clients, int Corrupted)> Sizes { get; } = [(10, 3), (17, 4), (25, 5)];

    /// <summary>f of the paper's n.</summary>
    public static int Corrupted(int clients) => Sizes.First(size => size.Clients == clients).Corrupted;

    /// <summary>The table as data.</summary>
    /// <param name="dataset">The paper has cifar100.</param>
    /// <param name="alpha">The paper has 0.3.</param>
    /// <param name="seeds">For each n.</param>
    public static Experiment Experiment(string dataset, double alpha, Func<int, IReadOnlyList<long>> seeds) =>
        RobustnessExperiment.Experiment(dataset, alpha, []) with
        {
            Id = "table3",
            Title = FormattableString.Invariant($"Table 3, {PublishedNumbers.PaperName(dataset)}: α = {alpha}"),
            Ensembles =
            [
                .. Sizes.Select(size => new EnsembleRange(
                    dataset,
                    alpha,
                    size.Clients,
                    [size.Corrupted],
                    seeds(size.Clients)
                )),
            ],
        };

    /// <summary>Reads what is recorded and runs what is not.</summary>
    public static ScalabilityTable Run(
        Experiment experiment,
        CellRunner runner,
        Action<EnsembleProgress>? progress = null,
        CancellationToken cancel = default
    ) =>
        new([
            .. runner
                .Run(experiment.Cells(), progress, cancel)
                .GroupBy(result => result.Cell.Ensemble.Clients)
                .Select(part => RobustnessTable.Of(runner, [.. part])),
        ]);

    /// <summary>Tidy rows of all sizes.</summary>
    public IReadOnlyList<ResultRow> Rows() => [.. Parts.SelectMany(part => part.Rows())];

    /// <summary>The printed table: a block of rows for each (n, f).</summary>
    public Table ToTable(string title)
    {
        var rows = ResultRow.ToDataFrame(Rows());
        rows.Columns.Add(
            new Microsoft.Data.Analysis.StringDataFrameColumn(
                "size",
                Parts.SelectMany(part => part.Rows().Select(_ => Size(part)))
            )
        );
        return ResultTable.Pivot(
            rows,
            title,
            RobustnessExperiment.Aggregators,
            RobustnessTable.Columns,
            groupKey: "size",
            groupOrder: [.. Parts.Select(Size)],
            notes:
            [
                .. Parts.SelectMany(part => part.GainLines().Select(line => $"{Size(part)}: {line}")),
                .. Parts.SelectMany(part => part.Notes).Distinct(),
            ]
        );
    }

    static string Size(RobustnessTable part) => $"n = {part.Clients}, f = {part.Corrupted}";
}
