using MathNet.Numerics.Statistics;
using RobustInference.Catalogue;
using RobustInference.Reporting;
using RobustInference.Running;

namespace RobustInference.Paper;

/// <summary>Figure 2 of the paper (α = 0.5), and Figure 4 (α = 0.3): DeepSet-TM against the rules over logits, by
/// amplification of logit flipping and by the number of corrupted clients.</summary>
/// <remarks>DeepSet-TM is trained for the f that it faces and trims t = f, as in the tables. COPUR's networks know
/// nothing of f; its purification does, by its number of steps. A lie to a rule over logits is not squeezed into Δ^K:
/// see <see cref="Attacks.LogitFlipping"/> and <see cref="Attacks.StrongestInverted"/>.</remarks>
/// <param name="Points">Tidy rows.</param>
/// <param name="Notes">Lines that say where the numbers are from.</param>
public sealed record PurificationFigure(IReadOnlyList<PurificationPoint> Points, IReadOnlyList<string> Notes)
{
    const string Flipping = "Logit flipping",
        Inverted = "SIA";
    const double DefaultAmplification = 2;

    /// <summary>The rules, the defence first.</summary>
    public static IReadOnlyList<string> Aggregators { get; } = ["DeepSet-TM", "COPUR", "Manifold projection"];

    /// <summary>a of logit flipping by one corrupted client.</summary>
    public static IReadOnlyList<double> Amplifications { get; } = [1, 2, 4, 8, 16];

    /// <summary>f, with a = 2.</summary>
    public static IReadOnlyList<int> Liars { get; } = [1, 2, 3, 4];

    /// <summary>Which figure of the paper an α belongs to.</summary>
    public static string Title(string dataset, double alpha) =>
        FormattableString.Invariant(
            $"Figure {(alpha == 0.3 ? 4 : 2)}, {PublishedNumbers.PaperName(dataset)}: α = {alpha}, n = "
        ) + FormattableString.Invariant($"{RobustnessExperiment.Clients}");

    /// <summary>The figure as data: by f, and by amplification.</summary>
    public static IReadOnlyList<Experiment> Experiments(string dataset, double alpha, IReadOnlyList<long> seeds)
    {
        var byLiars = new Experiment(
            "figure2",
            Title(dataset, alpha),
            [new EnsembleRange(dataset, alpha, RobustnessExperiment.Clients, Liars, seeds)],
            [.. Aggregators.Select(name => new AggregatorSetting(name))],
            [AttackId.Clean, Flipped(DefaultAmplification), Inverted]
        );
        return
        [
            byLiars,
            byLiars with
            {
                Ensembles = [byLiars.Ensembles[0] with { Corrupted = [1] }],
                Attacks = [.. Amplifications.Select(Flipped)],
            },
            // Lies over logits have no bound, so that no such rule is shown without what the suite leaves of it.
            byLiars with
            {
                Ensembles = [byLiars.Ensembles[0] with { Corrupted = [Liars[^1]] }],
                Aggregators =
                [
                    .. byLiars.Aggregators.Where(rule => RuleCatalog.Named(rule.Name).Needs.HasFlag(RuleNeeds.Logits)),
                ],
                Attacks = [AttackId.StrongSuite],
            },
        ];
    }

    /// <summary>Seeds that are recorded, since purification takes minutes a cell; where none is, those whose ensembles
    /// are here.</summary>
    public static IReadOnlyList<long> Seeds(string dataset, double alpha, CellRunner runner)
    {
        IReadOnlyList<Experiment> Parts(long seed) => Experiments(dataset, alpha, [seed]);
        return runner.RecordedSeeds(Parts) is { Count: > 0 } recorded
            ? recorded
            : Experiments(dataset, alpha, [])
                .Select((_, part) => runner.Seeds(seed => Parts(seed)[part]))
                .Aggregate((one, other) => [.. one.Intersect(other)]);
    }

    /// <summary>Reads what is recorded and runs what is not.</summary>
    /// <param name="dataset">Name of the data set.</param>
    /// <param name="alpha">0.5 for Figure 2, 0.3 for Figure 4.</param>
    /// <param name="seeds">Which ensembles; the corrupted clients are drawn with the same seed.</param>
    /// <param name="runner">Where results are read from and written to.</param>
    /// <param name="progress">Told which ensemble, its stage and how much is done.</param>
    /// <param name="cancel">Checked between attacks and batches.</param>
    /// <exception cref="FileNotFoundException">An ensemble is not here and not recorded.</exception>
    public static PurificationFigure Run(
        string dataset,
        double alpha,
        IReadOnlyList<long> seeds,
        CellRunner runner,
        Action<EnsembleProgress>? progress = null,
        CancellationToken cancel = default
    )
    {
        var results = runner.Run(
            [.. Experiments(dataset, alpha, seeds).SelectMany(part => part.Cells()).Distinct()],
            progress,
            cancel
        );
        return new PurificationFigure(
            [
                .. results
                    .GroupBy(result => (result.Cell.Aggregator.Name, result.Cell.Attack, result.Cell.Corrupted))
                    .Select(group =>
                    {
                        double[] values = [.. group.Select(result => result.Accuracy)];
                        return new PurificationPoint(
                            dataset,
                            alpha,
                            RobustnessExperiment.Clients,
                            group.Key.Corrupted,
                            group.Key.Name,
                            group.Key.Attack.Name,
                            (group.Key.Attack.Settings as LogitFlippingSettings)?.Amplification,
                            values.Mean(),
                            values.Length > 1 ? values.StandardDeviation() : null,
                            [.. group.Select(result => result.Cell.Ensemble.Seed)]
                        );
                    }),
            ],
            Provenance.Of(runner, results)
        );
    }

    /// <summary>The accuracy at a point, 0…1.</summary>
    /// <exception cref="InvalidOperationException">The figure has no such point.</exception>
    public double Accuracy(string aggregator, string attack, int corrupted, double? amplification = null) =>
        Points
            .Single(point =>
                (point.Aggregator, point.Attack, point.Corrupted, point.Amplification)
                == (aggregator, attack, corrupted, amplification)
            )
            .Accuracy;

    /// <summary>Three panels: flipping by one corrupted client against its amplification, flipping with a = 2 and SIA
    /// against f.</summary>
    public Figure ToFigure(string title)
    {
        var liars = new Axis("Corrupted clients f") { Ticks = [.. Liars.Select(f => (double)f)] };
        return new Figure(
            title,
            Panel(
                "Logit flipping, f = 1",
                Axis.Logarithmic("Amplification a") with
                {
                    Ticks = Amplifications,
                },
                point => point is { Attack: Flipping, Corrupted: 1 },
                point => point.Amplification!.Value
            ),
            Panel(
                "Logit flipping, a = 2",
                liars,
                point => point is { Attack: Flipping, Amplification: DefaultAmplification },
                point => point.Corrupted
            ),
            Panel("SIA", liars, point => point.Attack == Inverted, point => point.Corrupted)
        );
    }

    /// <summary>A row for each attack with its f and a, a column for each rule.</summary>
    public Table ToTable(string title)
    {
        var settings = Points
            .OrderBy(point => Order(point.Attack))
            .ThenBy(point => point.Corrupted)
            .ThenBy(point => point.Amplification)
            .GroupBy(point => point.Setting);
        return new Table(
            title,
            ["Attack", .. Aggregators.Select(name => Column.OfNumbers(name))],
            [
                .. settings.Select(setting =>
                    (IReadOnlyList<Cell>)
                        [
                            setting.Key,
                            .. Aggregators.Select(name =>
                                setting.FirstOrDefault(point => point.Aggregator == name) is { } point
                                    ? Cell.OfPercent(point.Accuracy, point.Std) with
                                    {
                                        IsBold = point.Accuracy == setting.Max(other => other.Accuracy),
                                    }
                                    : Cell.Missing
                            ),
                        ]
                ),
            ],
            ["Accuracy in %. DeepSet-TM is trained for each f and trims t = f.", .. Notes]
        );

        static int Order(string attack) =>
            attack switch
            {
                AttackId.Clean => 0,
                Flipping => 1,
                AttackId.StrongSuite => 3,
                _ => 2,
            };
    }

    Panel Panel(string title, Axis x, Func<PurificationPoint, bool> shown, Func<PurificationPoint, double> place) =>
        new(
            x,
            new Axis("Accuracy (%)") { Min = 0, Max = 80 },
            [
                .. Aggregators.Select(name =>
                {
                    PurificationPoint[] line =
                    [
                        .. Points.Where(point => point.Aggregator == name && shown(point)).OrderBy(place),
                    ];
                    var series = new LineSeries(
                        name,
                        [.. line.Select(place)],
                        [.. line.Select(point => 100 * point.Accuracy)]
                    );
                    return line.All(point => point.Std is not null)
                        ? series.WithBand([.. line.Select(point => 100 * point.Std!.Value)])
                        : series;
                }),
            ]
        )
        {
            Title = title,
        };

    static AttackSetting Flipped(double amplification) => new(Flipping, new LogitFlippingSettings(amplification));
}
