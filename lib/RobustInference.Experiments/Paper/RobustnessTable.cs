using MathNet.Numerics.Statistics;
using RobustInference.Attacks;
using RobustInference.Catalogue;
using RobustInference.Evaluation;
using RobustInference.Reporting;
using RobustInference.Results;
using RobustInference.Running;

namespace RobustInference.Paper;

/// <summary>Aggregators × attacks over one or more seeds: the tidy rows and their printed form (paper, Table
/// 2).</summary>
/// <param name="Dataset">Name of the data set or file.</param>
/// <param name="Alpha">α, null where unknown.</param>
/// <param name="Clients">n.</param>
/// <param name="Corrupted">f.</param>
/// <param name="Seeds">One entry a report list.</param>
/// <param name="Reports">Per seed, per rule.</param>
/// <param name="Strong">The same rules under the strong suite, where it was run.</param>
public sealed record RobustnessTable(
    string Dataset,
    double? Alpha,
    int Clients,
    int Corrupted,
    IReadOnlyList<long> Seeds,
    IReadOnlyList<IReadOnlyList<RobustnessReport>> Reports,
    IReadOnlyList<IReadOnlyList<StrongReport>>? Strong = null
)
{
    /// <summary>The columns of the printed table, before those that stand beside.</summary>
    public static IReadOnlyList<string> Columns { get; } =
    ["Clean", .. AttackSuite.Paper.Select(attack => attack.Name), "Worst case", "Pointwise worst case"];

    /// <summary>What kind of client answered; null where unknown.</summary>
    public string? Model { get; init; }

    /// <summary>Lines under the table that say where its numbers are from.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>From the recorded cells of one data set, α, n and f.</summary>
    /// <param name="runner">That has read or run them.</param>
    /// <param name="results">Rules keep their order.</param>
    public static RobustnessTable Of(CellRunner runner, IReadOnlyList<CellResult> results)
    {
        var (ensemble, corrupted, _, _, _) = results[0].Cell;
        var seeds = results.GroupBy(result => result.Cell.Ensemble.Seed).ToArray();
        return new RobustnessTable(
            ensemble.Dataset,
            ensemble.Alpha,
            ensemble.Clients,
            corrupted,
            [.. seeds.Select(seed => seed.Key)],
            [
                .. seeds.Select(seed =>
                    (IReadOnlyList<RobustnessReport>)
                        [.. seed.GroupBy(result => result.Cell.Aggregator).Select(rule => ReportOf([.. rule]))]
                ),
            ]
        )
        {
            Model = ensemble.Kind?.Name,
            Notes = runner.Provenance(results),
        };
    }

    /// <summary>A rule's recorded cells on one ensemble as a report; Clean must be among them.</summary>
    public static RobustnessReport ReportOf(IReadOnlyList<CellResult> cells)
    {
        var attacks = cells
            .Select(cell => (cell.Cell.Attack.Name, Right: cell.Right()))
            .Where(entry => entry.Name != AttackSetting.Clean)
            .ToLookup(entry => AttackCatalog.Named(entry.Name).IsExcluded);
        return new RobustnessReport(
            cells[0].Cell.Aggregator.Name,
            cells.First(cell => cell.Cell.Attack.Name == AttackSetting.Clean).Right(),
            [.. attacks[false]],
            [.. attacks[true]]
        );
    }

    /// <summary>Tidy rows, published numbers beside ours where the paper has them.</summary>
    public IReadOnlyList<ResultRow> Rows()
    {
        var published = PublishedNumbers.Of(Dataset, Alpha, Clients, Corrupted);
        var rows = new List<ResultRow>();
        for (int rule = 0; rule < Reports[0].Count; rule++)
        {
            var perSeed = Reports.Select((reports, i) => Figures(i, rule).ToArray()).ToArray();
            for (int figure = 0; figure < perSeed[0].Length; figure++)
            {
                var (aggregator, attack) = (Reports[0][rule].Aggregator, perSeed[0][figure].Attack);
                double[] values = [.. perSeed.Select(figures => figures[figure].Accuracy)];
                bool known = published.TryGetValue((aggregator, attack), out var paper);
                rows.Add(
                    new ResultRow(
                        Dataset,
                        Alpha,
                        Clients,
                        Corrupted,
                        aggregator,
                        attack,
                        values.Mean(),
                        values.Length > 1 ? values.StandardDeviation() : null,
                        Seeds,
                        known ? paper.Mean : null,
                        known ? paper.Std : null,
                        Model
                    )
                );
            }
        }
        return rows;
    }

    /// <summary>Per seed, DeepSet-TM's worst case against the best static rule's, with a paired bootstrap interval over
    /// test samples; empty without DeepSet-TM.</summary>
    public IReadOnlyList<(long Seed, string BestStatic, Interval Gain)> Gains() =>
        [
            .. Seeds
                .Zip(Reports)
                .Where(pair => pair.Second.Any(report => report.Aggregator == "DeepSet-TM"))
                .Select(pair =>
                {
                    var defence = pair.Second.First(report => report.Aggregator == "DeepSet-TM");
                    var best = pair
                        .Second.Where(report => RuleCatalog.IsStatic(report.Aggregator))
                        .MaxBy(report => report.WorstCase)!;
                    return (
                        pair.First,
                        best.Aggregator,
                        PairedBootstrap.OfWorstCase(
                            [.. defence.Attacked.Select(entry => entry.Right)],
                            [.. best.Attacked.Select(entry => entry.Right)]
                        )
                    );
                }),
        ];

    /// <summary>Attack by attack, on the mean over seeds: under how many DeepSet-TM is at least as good as every static
    /// rule, and the most that it is behind the best one.</summary>
    /// <returns>The number of attacks; the points behind as a share, 0 where it never is; the attack under
    /// which.</returns>
    /// <exception cref="InvalidOperationException">The table has no DeepSet-TM, or no static rule.</exception>
    public (int BestIn, double Behind, string Under) Standing()
    {
        var behind = Rows()
            .Where(row => Reports[0][0].Attacked.Any(attack => attack.Attack == row.Attack))
            .GroupBy(row => row.Attack)
            .Select(attack =>
                (
                    Attack: attack.Key,
                    Share: attack.Where(row => RuleCatalog.IsStatic(row.Aggregator)).Max(row => row.Accuracy)
                        - attack.First(row => row.Aggregator == "DeepSet-TM").Accuracy
                )
            )
            .ToArray();
        var most = behind.MaxBy(attack => attack.Share);
        return (behind.Count(attack => attack.Share <= 0), Math.Max(0, most.Share), most.Share > 0 ? most.Attack : "");
    }

    /// <summary>The printed table; lines under it say what DeepSet-TM gains and which clients answered.</summary>
    public Table ToTable(string title)
    {
        var rows = ResultRow.ToDataFrame(Rows());
        string[] aggregators = [.. Reports[0].Select(report => report.Aggregator)];
        string[] columns =
        [
            .. Columns
                .Append(AttackSetting.StrongSuite)
                .Where(column => Figures(0, 0).Any(figure => figure.Attack == column)),
        ];
        return ResultTable.Pivot(
            rows,
            title,
            aggregators,
            columns,
            notes: [.. Excluded(), .. GainLine(), .. Flags(), .. Notes]
        );
    }

    /// <summary>Bars: a group for each attack and the worst case, a bar for each rule, standard deviation over seeds
    /// where there are several.</summary>
    /// <param name="title">Stands over the figure.</param>
    /// <param name="published">The paper's numbers, not ours.</param>
    public Figure ToFigure(string title, bool published = false)
    {
        string[] columns = [.. Columns.Where(column => column is not ("Clean" or "Pointwise worst case"))];
        var rows = Rows();
        // One scale for ours and the paper's.
        double top =
            20
            * Math.Ceiling(
                5
                    * rows.Where(row => columns.Contains(row.Attack))
                        .Max(row => Math.Max(row.Accuracy + (row.Std ?? 0), (row.Published + row.PublishedStd) ?? 0))
            );
        return Figure.Of(
            title,
            Axis.Of("", columns),
            new Axis("Accuracy (%)") { Min = 0, Max = top },
            [
                .. Reports[0]
                    .Select(report =>
                    {
                        var own = columns
                            .Select(column =>
                                rows.FirstOrDefault(row => row.Aggregator == report.Aggregator && row.Attack == column)
                            )
                            .ToArray();
                        double?[] deviations = [.. own.Select(row => published ? row?.PublishedStd : row?.Std)];
                        return new BarSeries(
                            report.Aggregator,
                            [.. own.Select(row => 100 * ((published ? row?.Published : row?.Accuracy) ?? double.NaN))],
                            deviations.Any(d => d is null) ? null : [.. deviations.Select(d => 100 * d!.Value)]
                        );
                    }),
            ]
        );
    }

    /// <summary>The figures of a rule on one seed; the strong suite's comes last.</summary>
    IEnumerable<(string Attack, double Accuracy)> Figures(int seed, int rule) =>
        [
            .. Reports[seed][rule].Figures(),
            .. Strong is null
                ? Array.Empty<(string, double)>()
                : [(AttackSetting.StrongSuite, Strong[seed][rule].Accuracy)],
        ];

    IEnumerable<string> Flags() =>
        from pair in Seeds.Zip(Strong ?? [])
        from report in pair.Second
        from flag in report.Flags
        select $"Flag, {report.Aggregator}, seed {pair.First}: {flag}.";

    IEnumerable<string> Excluded()
    {
        var rows = Rows();
        foreach (var attack in AttackSuite.Excluded)
        {
            var figures = rows.Where(row => row.Attack == attack.Name)
                .Select(row => FormattableString.Invariant($"{row.Aggregator} {100 * row.Accuracy:F1}"));
            yield return $"Beside the worst case, {attack.Name}: {string.Join(", ", figures)}.";
        }
    }

    /// <summary>What DeepSet-TM gains, seed by seed; nothing without it.</summary>
    internal IEnumerable<string> GainLine()
    {
        var gains = Gains();
        if (gains.Count == 0)
            yield break;
        var parts = gains.Select(g => $"seed {g.Seed}: {g.Gain.InPoints()} over {g.BestStatic}");
        yield return $"DeepSet-TM's worst case against the best static rule's, points with 95 % paired bootstrap interval: {string.Join("; ", parts)}.";
    }
}
