using MathNet.Numerics.Statistics;
using RobustInference.Attacks;
using RobustInference.Catalogue;
using RobustInference.Evaluation;
using RobustInference.Reporting;
using RobustInference.Results;
using RobustInference.Running;

namespace RobustInference.Paper;

/// <summary>Table 2 over several draws of the corrupted clients: how much of a figure is owed to which clients are
/// corrupted. Every rule, the learned ones too, is the same for all draws of an ensemble.</summary>
/// <param name="Ensembles">Which ensembles, with their draws.</param>
/// <param name="Draws">Random seeds of the draws.</param>
/// <param name="Reports">Per rule, per ensemble, per draw.</param>
/// <param name="Notes">Lines that say where the numbers are from.</param>
public sealed record DrawsTable(
    EnsembleRange Ensembles,
    IReadOnlyList<long> Draws,
    IReadOnlyList<IReadOnlyList<IReadOnlyList<RobustnessReport>>> Reports,
    IReadOnlyList<string> Notes
)
{
    /// <summary>Default number of draws.</summary>
    public const int DefaultDraws = 5;

    /// <summary>The table as data: first without corruption, which no draw changes, then the paper's attacks under
    /// every draw.</summary>
    /// <param name="dataset">Name of the data set.</param>
    /// <param name="alpha">α of the partition.</param>
    /// <param name="seeds">Which ensembles.</param>
    /// <param name="draws">How many draws, with the random seeds 0, 1, 2, …</param>
    public static IReadOnlyList<Experiment> Experiments(
        string dataset,
        double alpha,
        IReadOnlyList<long> seeds,
        int draws = DefaultDraws
    )
    {
        var clean = RobustnessExperiment.Experiment(dataset, alpha, seeds) with
        {
            Id = "draws-clean",
            Title =
                FormattableString.Invariant(
                    $"{PublishedNumbers.PaperName(dataset)} over {draws} draws of the corrupted clients: α = {alpha}, "
                ) + $"n = {RobustnessExperiment.Clients}, f = {RobustnessExperiment.Corrupted}",
            Aggregators =
            [
                RuleId.Mean,
                RuleId.CoordinateWiseTrimmedMean,
                RuleId.DeepSetTrimmedMean,
                RuleId.CertifiedVote,
                RuleId.CalibratedMedian,
            ],
            Attacks = [AttackId.Clean],
        };
        return
        [
            clean,
            clean with
            {
                Id = "draws",
                Attacks = [.. AttackSuite.Paper.Select(attack => attack.Name)],
                Draws = [.. Enumerable.Range(0, draws).Select(draw => (long)draw)],
            },
        ];
    }

    /// <summary>Reads what is recorded and runs what is not.</summary>
    /// <param name="experiments">As <see cref="Experiments"/> gives them.</param>
    /// <param name="runner">Where results are read from and written to.</param>
    /// <param name="progress">Told which ensemble, its stage and how much is done.</param>
    /// <param name="cancel">Checked between attacks and batches.</param>
    public static DrawsTable Run(
        IReadOnlyList<Experiment> experiments,
        CellRunner runner,
        Action<EnsembleProgress>? progress = null,
        CancellationToken cancel = default
    )
    {
        var results = runner.Run([.. experiments.SelectMany(experiment => experiment.Cells())], progress, cancel);
        return new(
            experiments[0].Ensembles[0],
            experiments[1].Draws!,
            [
                .. results
                    .GroupBy(result => result.Cell.Aggregator.Label)
                    .Select(rule =>
                        (IReadOnlyList<IReadOnlyList<RobustnessReport>>)
                            [.. rule.GroupBy(result => result.Cell.Ensemble).Select(own => ByDraw([.. own]))]
                    ),
            ],
            Provenance.Of(runner, results)
        );
    }

    /// <summary>Tidy rows: every rule under every attack, and its worst cases.</summary>
    public IReadOnlyList<DrawsRow> Rows()
    {
        using var bootstrap = new CrossedBootstrap();
        return
        [
            .. from rule in Reports
            from attack in Columns(rule[0][0])
            let perEnsemble = rule.Select(draws =>
                    draws.Select(report => report.Figures().First(figure => figure.Attack == attack).Accuracy).ToArray()
                )
                .ToArray()
            let interval = bootstrap.OfWorstCase([
                .. rule.Select(draws =>
                    (IReadOnlyList<IReadOnlyList<bool[]>>)
                        [
                            .. (attack == AttackId.Clean ? draws.Take(1) : draws).Select(report =>
                                Outcomes(report, attack)
                            ),
                        ]
                ),
            ])
            select new DrawsRow(
                Ensembles.Dataset,
                Ensembles.Alpha,
                Ensembles.Clients,
                Ensembles.Corrupted[0],
                rule[0][0].Aggregator,
                attack,
                interval.Difference,
                attack == AttackId.Clean || Draws.Count < 2
                    ? null
                    : Math.Sqrt(perEnsemble.Average(draws => draws.Variance())),
                interval.Low,
                interval.High,
                Ensembles.Seeds,
                Draws,
                Ensembles.Ensembles.First().Kind?.Name
            ),
        ];
    }

    /// <summary>A learned rule's worst case against the best one of the table's static rules, ensemble by ensemble and
    /// draw by draw.</summary>
    /// <param name="rule">The learned rule.</param>
    /// <returns>Differences of accuracies.</returns>
    public IReadOnlyList<double> Gains(string rule)
    {
        var own = Reports.First(reports => reports[0][0].Aggregator == rule);
        return
        [
            .. from ensemble in Enumerable.Range(0, own.Count)
            from draw in Enumerable.Range(0, Draws.Count)
            select own[ensemble][draw].WorstCase - Static.Max(reports => reports[ensemble][draw].WorstCase),
        ];
    }

    /// <summary>The printed table; lines under it give the intervals and what learned rules gain.</summary>
    public Table ToTable(string title)
    {
        var rows = Rows().GroupBy(row => row.Aggregator).Select(rule => rule.ToArray()).ToArray();
        var best = Enumerable
            .Range(0, rows[0].Length)
            .Select(c => rows.Max(rule => Cell.Shown(rule[c].Accuracy)))
            .ToArray();
        return new Table(
            title,
            ["Aggregator", .. rows[0].Select(row => Column.OfNumbers(row.Attack))],
            [
                .. rows.Select(rule =>
                    (IReadOnlyList<Cell>)
                        [
                            rule[0].Aggregator,
                            .. rule.Select(
                                (row, c) =>
                                    Cell.OfPercent(row.Accuracy, row.Std) with
                                    {
                                        IsBold = Cell.Shown(row.Accuracy) == best[c],
                                    }
                            ),
                        ]
                ),
            ],
            [
                $"Accuracy in %, mean over {Counted(Draws.Count, "draw")} of "
                    + (Ensembles.Seeds.Count == 1 ? "one ensemble" : $"each of {Ensembles.Seeds.Count} ensembles")
                    + " ± standard deviation over the draws of an ensemble, pooled over ensembles.",
                .. rows.Select(rule => $"{rule[0].Aggregator}: {string.Join(", ", Intervals(rule))}."),
                "[…] 95 % bootstrap: ensembles are drawn with replacement, in each of them draws of the corrupted "
                    + "clients, and test samples, which all share; the seed of the training is not in it.",
                .. rows.Select(rule => rule[0].Aggregator)
                    .Where(rule => RuleCatalog.Find(rule) is { IsTrained: true })
                    .Select(GainLine),
                .. KnownClients.Notes(rows.Select(rule => rule[0].Aggregator)),
                .. Notes,
            ]
        );
    }

    static IEnumerable<string> Intervals(IReadOnlyList<DrawsRow> rule) =>
        from row in rule
        where row.Attack is AttackId.Clean or "Worst case" or "Pointwise worst case"
        select FormattableString.Invariant(
            $"{row.Attack.ToLowerInvariant()} {100 * row.Accuracy:0.0} [{100 * row.Low:0.0}, {100 * row.High:0.0}]"
        );

    string GainLine(string rule)
    {
        var gains = Gains(rule);
        string others = string.Join(" and ", Static.Select(reports => reports[0][0].Aggregator));
        return $"{rule}'s worst case is above those of {others} in {gains.Count(gain => gain > 0)} of {gains.Count} "
            + FormattableString.Invariant($"ensembles and draws, by {100 * gains.Min():+0.0;−0.0} to ")
            + FormattableString.Invariant($"{100 * gains.Max():+0.0;−0.0} points.");
    }

    IEnumerable<IReadOnlyList<IReadOnlyList<RobustnessReport>>> Static =>
        Reports.Where(reports => RuleCatalog.Find(reports[0][0].Aggregator) is { IsTrained: false });

    static string Counted(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";

    static IEnumerable<string> Columns(RobustnessReport report) =>
        report.Figures().Select(figure => figure.Attack).Except(report.Excluded.Select(entry => entry.Attack));

    static IReadOnlyList<bool[]> Outcomes(RobustnessReport report, string attack) =>
        attack switch
        {
            AttackId.Clean => [report.Clean],
            "Worst case" => [.. report.Attacked.Select(entry => entry.Right)],
            "Pointwise worst case" => [report.Survives],
            _ => [report.Attacked.First(entry => entry.Attack == attack).Right],
        };

    /// <summary>What one rule got right on one ensemble, draw by draw.</summary>
    static IReadOnlyList<RobustnessReport> ByDraw(IReadOnlyList<CellResult> results)
    {
        var clean = results.First(result => result.Cell.Attack.Name == AttackId.Clean);
        return
        [
            .. results
                .Where(result => result.Cell.Attack.Name != AttackId.Clean)
                .GroupBy(result => result.Cell.Draw)
                .OrderBy(draw => draw.Key)
                .Select(draw => RobustnessTable.ReportOf([clean, .. draw])),
        ];
    }
}
