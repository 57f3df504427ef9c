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
public sealed record RobustnessTable(
    string Dataset,
    double? Alpha,
    int Clients,
    int Corrupted,
    IReadOnlyList<long> Seeds,
    IReadOnlyList<IReadOnlyList<RobustnessReport>> Reports
)
{
    /// <summary>The columns of the printed table, before those that stand beside.</summary>
    public static IReadOnlyList<string> Columns { get; } =
    ["Clean", .. AttackSuite.Paper.Select(attack => attack.Name), "Worst case", "Pointwise worst case"];

    /// <summary>What kind of client answered; null where unknown.</summary>
    public string? Model { get; init; }

    /// <summary>Lines under the table that say where its numbers are from.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Reasons to distrust the strong suite's figures: a rule, the seed of its ensemble, a sentence.</summary>
    public IReadOnlyList<(string Aggregator, long Seed, string Flag)> Flags { get; init; } = [];

    /// <summary>Names of the rules that are learned.</summary>
    public IReadOnlyList<string> Learned { get; init; } =
    [.. Reports[0].Select(report => report.Aggregator).Where(name => RuleCatalog.Find(name) is { IsTrained: true })];

    /// <summary>From the recorded cells of one data set, α, n and f.</summary>
    /// <param name="runner">That has read or run them.</param>
    /// <param name="results">Rules keep their order.</param>
    /// <param name="name">What the table calls the data set; its own name by default. α is unknown where a name is
    /// given.</param>
    public static RobustnessTable Of(CellRunner runner, IReadOnlyList<CellResult> results, string? name = null)
    {
        var (ensemble, corrupted, _, _, _, _) = results[0].Cell;
        var seeds = results.GroupBy(result => result.Cell.Ensemble.Seed).ToArray();
        return new RobustnessTable(
            name ?? ensemble.Dataset,
            name is null ? ensemble.Alpha : null,
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
            Notes = Provenance.Of(runner, results),
            Flags =
            [
                .. from result in results
                // Where the certificate is exact, it judges the suite, and needs no signs of failure.
                where RuleCatalog.Named(result.Cell.Aggregator.Name).Guarantee != RuleGuarantee.Exact
                from flag in result.Flags ?? []
                select (result.Cell.Aggregator.Label, result.Cell.Ensemble.Seed, flag),
            ],
            Learned =
            [
                .. results
                    .Select(result => result.Cell.Aggregator)
                    .Where(rule => RuleCatalog.Named(rule.Name) is { IsTrained: true } or { Id: RuleId.TrainedFile })
                    .Select(rule => rule.Label)
                    .Distinct(),
            ],
        };
    }

    /// <summary>A rule's recorded cells on one ensemble as a report; Clean must be among them.</summary>
    public static RobustnessReport ReportOf(IReadOnlyList<CellResult> cells)
    {
        var attacks = cells
            .Select(cell => (cell.Cell.Attack.Name, Right: cell.Right()))
            .Where(entry => entry.Name != AttackId.Clean)
            .ToLookup(entry => AttackCatalog.Named(entry.Name).IsExcluded);
        return new RobustnessReport(
            cells[0].Cell.Aggregator.Label,
            cells.First(cell => cell.Cell.Attack.Name == AttackId.Clean).Right(),
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
            var perSeed = Reports.Select(reports => reports[rule].Figures().ToArray()).ToArray();
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

    /// <summary>Per learned rule and seed, its worst case against the best other rule's, with a paired bootstrap
    /// interval over test samples; empty without learned rules.</summary>
    public IReadOnlyList<(string Rule, long Seed, string BestStatic, Interval Gain)> Gains() =>
        [
            .. from rule in Learned
            from pair in Seeds.Zip(Reports)
            let others = pair.Second.Where(report => !Learned.Contains(report.Aggregator)).ToArray()
            where others.Length > 0
            let own = pair.Second.First(report => report.Aggregator == rule)
            let best = others.MaxBy(report => report.WorstCase)
            select (
                rule,
                pair.First,
                best.Aggregator,
                PairedBootstrap.OfWorstCase(
                    [.. own.Attacked.Select(entry => entry.Right)],
                    [.. best.Attacked.Select(entry => entry.Right)]
                )
            ),
        ];

    /// <summary>Attack by attack, on the mean over seeds: under how many a learned rule is at least as good as every
    /// rule that is not learned, and the most that it is behind the best one.</summary>
    /// <param name="rule">The learned rule.</param>
    /// <returns>The number of attacks; the points behind as a share, 0 where it never is; the attack under
    /// which.</returns>
    /// <exception cref="InvalidOperationException">The table has no such rule, or none that is not learned.</exception>
    public (int BestIn, double Behind, string Under) Standing(string rule = RuleId.DeepSetTrimmedMean)
    {
        var behind = Rows()
            .Where(row => Reports[0][0].Attacked.Any(attack => attack.Attack == row.Attack))
            .GroupBy(row => row.Attack)
            .Select(attack =>
                (
                    Attack: attack.Key,
                    Share: attack.Where(row => !Learned.Contains(row.Aggregator)).Max(row => row.Accuracy)
                        - attack.First(row => row.Aggregator == rule).Accuracy
                )
            )
            .ToArray();
        var most = behind.MaxBy(attack => attack.Share);
        return (behind.Count(attack => attack.Share <= 0), Math.Max(0, most.Share), most.Share > 0 ? most.Attack : "");
    }

    /// <summary>The printed table; lines under it say what learned rules gain and which clients answered.</summary>
    public Table ToTable(string title)
    {
        var rows = Rows();
        string[] aggregators = [.. Reports[0].Select(report => report.Aggregator)];
        string[] columns =
        [
            .. Columns
                .Append(AttackId.StrongSuite)
                .Append(AttackId.Certified)
                .Where(column => rows.Any(row => row.Attack == column)),
        ];
        return ResultTable.Pivot(
            ResultRow.ToDataFrame(rows),
            title,
            aggregators,
            columns,
            notes:
            [
                .. Excluded(),
                .. GainLines(),
                .. IntervalLines(),
                .. KnownClients.Notes(aggregators),
                .. FlagLines(),
                .. Notes,
            ]
        );
    }

    /// <summary>The best rule on one seed against the fixed set, by <see cref="RuleScore.Criterion"/>.</summary>
    public RuleScore Best(int seed = 0)
    {
        return RuleScore.Best(Reports[seed].Select(Score));

        static RuleScore Score(RobustnessReport report)
        {
            double? Of(string attack) =>
                report.Excluded.FirstOrDefault(entry => entry.Attack == attack).Right is { } right
                    ? RobustnessReport.Accuracy(right)
                    : null;
            return new(
                report.Aggregator,
                Of(AttackId.Certified),
                Of(AttackId.StrongSuite),
                RobustnessReport.Accuracy(report.Clean)
            );
        }
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

    /// <summary>Clean, worst and pointwise worst case of a rule, each a mean over seeds with its interval over
    /// ensembles and test samples; one seed gives samples only.</summary>
    /// <exception cref="InvalidOperationException">The table has no such rule.</exception>
    public (Interval Clean, Interval WorstCase, Interval Pointwise) Intervals(string rule)
    {
        using var bootstrap = new CrossedBootstrap();
        return Intervals(rule, bootstrap);
    }

    (Interval Clean, Interval WorstCase, Interval Pointwise) Intervals(string rule, CrossedBootstrap bootstrap)
    {
        var own = Reports.Select(reports => reports.First(report => report.Aggregator == rule)).ToArray();
        Interval Of(Func<RobustnessReport, IReadOnlyList<bool[]>> outcomes) =>
            bootstrap.OfWorstCase([.. own.Select(report => (IReadOnlyList<IReadOnlyList<bool[]>>)[outcomes(report)])]);
        return (
            Of(report => [report.Clean]),
            Of(report => [.. report.Attacked.Select(entry => entry.Right)]),
            Of(report => [report.Survives])
        );
    }

    IEnumerable<string> IntervalLines()
    {
        static string Text(Interval interval) =>
            FormattableString.Invariant(
                $"{100 * interval.Difference:0.0} [{100 * interval.Low:0.0}, {100 * interval.High:0.0}]"
            );
        using var bootstrap = new CrossedBootstrap();
        foreach (string rule in Learned)
        {
            var (clean, worst, pointwise) = Intervals(rule, bootstrap);
            yield return $"{rule}: clean {Text(clean)}, worst case {Text(worst)}, pointwise {Text(pointwise)}; 95 % "
                + (
                    Seeds.Count == 1
                        ? "bootstrap over test samples of one ensemble"
                        : $"bootstrap over {Seeds.Count} ensembles, each with one draw of corrupted clients, and the "
                            + "test samples, which they share"
                )
                + "; the seed of the training is not in it.";
        }
    }

    IEnumerable<string> FlagLines() =>
        Flags.Select(entry => $"Flag, {entry.Aggregator}, seed {entry.Seed}: {entry.Flag}.");

    IEnumerable<string> Excluded()
    {
        var rows = Rows();
        foreach (string attack in AttackCatalog.Excluded)
        {
            var figures = rows.Where(row => row.Attack == attack)
                .Select(row => FormattableString.Invariant($"{row.Aggregator} {100 * row.Accuracy:0.0}"))
                .ToArray();
            if (figures.Length > 0)
                yield return $"Beside the worst case, {attack}: {string.Join(", ", figures)}.";
        }
    }

    /// <summary>What learned rules gain, a line a rule, seed by seed.</summary>
    internal IEnumerable<string> GainLines() =>
        Gains()
            .GroupBy(gain => gain.Rule)
            .Select(own =>
                $"{own.Key}'s worst case against the best static rule's, "
                + "points with 95 % paired bootstrap interval: "
                + string.Join("; ", own.Select(g => $"seed {g.Seed}: {g.Gain.InPoints()} over {g.BestStatic}"))
                + "."
            );
}
