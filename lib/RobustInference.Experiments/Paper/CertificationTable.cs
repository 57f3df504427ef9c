using RobustInference.Catalogue;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Reporting;
using RobustInference.Running;

namespace RobustInference.Paper;

/// <summary>Certificates of several rules on one ensemble: the figures, what they cover, the curve, and their printed
/// forms.</summary>
/// <param name="Labels">The labels of the ensemble's samples.</param>
/// <param name="Classes">K.</param>
/// <param name="Reports">Rules × threat models.</param>
/// <param name="Curve">Certified accuracy against f.</param>
/// <param name="Draws">Certified accuracy over draws of the fixed set.</param>
public sealed record CertificationTable(
    IReadOnlyList<long> Labels,
    int Classes,
    IReadOnlyList<CertificationReport> Reports,
    IReadOnlyList<CurvePoint> Curve,
    IReadOnlyList<(string Aggregator, SetDraws Draws)> Draws
)
{
    /// <param name="answers">The ensemble.</param>
    /// <param name="reports">Rules × threat models.</param>
    /// <param name="curve">Certified accuracy against f.</param>
    /// <param name="draws">Certified accuracy over draws of the fixed set.</param>
    public CertificationTable(
        ProbitSet answers,
        IReadOnlyList<CertificationReport> reports,
        IReadOnlyList<CurvePoint> curve,
        IReadOnlyList<(string Aggregator, SetDraws Draws)> draws
    )
        : this(answers.Labels.Integers(), answers.Classes, reports, curve, draws) { }

    /// <summary>What clients and classes are called.</summary>
    public EnsembleNames Names { get; init; } = EnsembleNames.None;

    /// <summary>A row a rule and threat model.</summary>
    public IReadOnlyList<CertificationRow> Rows() => [.. Reports.Select(report => report.ToRow())];

    /// <summary>The best rule under a threat model, by <see cref="RuleScore.Criterion"/>.</summary>
    public RuleScore Best(Adversary adversary) =>
        RuleScore.Best(
            from row in Rows()
            where row.Threat == ThreatName.Of(adversary)
            select new RuleScore(row.Aggregator, row.Certified, row.Strong, row.Clean)
        );

    /// <summary>A row a rule, threat model and class.</summary>
    public IReadOnlyList<ClassCoverage> Coverage()
    {
        int[] samples = Counts(null);
        return
        [
            .. from report in Reports
            where report.Certified is not null
            let certified = Counts(report.Certified)
            from label in Enumerable.Range(0, Classes)
            select new ClassCoverage(
                report.Aggregator,
                ThreatName.Of(report.Adversary),
                label,
                samples[label],
                certified[label],
                Names.Classes?[label]
            ),
        ];
    }

    int[] Counts(bool[]? counted)
    {
        var counts = new int[Classes];
        for (int s = 0; s < Labels.Count; s++)
            counts[Labels[s]] += counted is null || counted[s] ? 1 : 0;
        return counts;
    }

    /// <summary>Rules × (clean, paper's bound, certified, strong suite, gap).</summary>
    public Table ToTable(string title)
    {
        var rows = Rows();
        bool attacked = rows.Any(row => row.Strong is not null);
        Column[] columns =
        [
            "Aggregator",
            "Threat",
            Column.OfNumbers("Clean"),
            Column.OfNumbers("Paper's bound"),
            Column.OfNumbers("Certified"),
            .. attacked ? new[] { Column.OfNumbers("Strong suite"), Column.OfNumbers("Gap") } : [],
        ];
        return new Table(
            title,
            columns,
            [
                .. rows.Select(
                    (row, i) =>
                        (IReadOnlyList<Cell>)
                            [
                                row.Aggregator,
                                row.Threat,
                                Cell.OfPercent(row.Clean),
                                Cell.OfPercent(row.PaperBound),
                                Cell.OfPercent(row.Certified) with
                                {
                                    Mark = Reports[i].IsExact ? "=" : "",
                                },
                                .. attacked ? new[] { Cell.OfPercent(row.Strong), Cell.OfPercent(row.Gap) } : [],
                            ]
                ),
            ],
            [.. Notes(attacked)]
        );
    }

    /// <summary>Certified samples of each class.</summary>
    public Table ToCoverageTable()
    {
        var cells = Coverage().GroupBy(row => (row.Aggregator, row.Threat));
        return new Table(
            "Certified samples of each class, %",
            ["Aggregator", "Threat", .. Enumerable.Range(0, Classes).Select(k => Column.OfNumbers(Names.Class(k)))],
            [
                .. cells.Select(own =>
                    (IReadOnlyList<Cell>)
                        [
                            own.Key.Aggregator,
                            own.Key.Threat,
                            .. own.Select(row =>
                                row.Samples == 0 ? Cell.Missing : Cell.OfPercent((double)row.Certified / row.Samples)
                            ),
                        ]
                ),
            ],
            [.. cells.Select(own => Narrow(own.Key.Aggregator, own.Key.Threat, [.. own])).OfType<string>()]
        );
    }

    /// <summary>Certified accuracy against f.</summary>
    public Table ToCurveTable() =>
        new(
            "Certified accuracy against f, %",
            [
                "Aggregator",
                "Threat",
                .. Curve.Select(point => point.Corrupted).Distinct().Select(f => Column.OfNumbers($"f = {f}")),
            ],
            [
                .. Curve
                    .GroupBy(point => (point.Aggregator, point.Threat))
                    .Select(own =>
                        (IReadOnlyList<Cell>)
                            [
                                own.Key.Aggregator,
                                own.Key.Threat,
                                .. own.Select(point => Cell.OfPercent(point.Certified)),
                            ]
                    ),
            ],
            [
                "CWTM trims t = f; the trim of a learned rule is fixed by its training, and beyond it "
                    + "nothing is certified. Each fixed set holds the smaller ones.",
            ]
        );

    /// <summary>Certified accuracy for the fixed set, beside other draws of it.</summary>
    public Table ToDrawsTable() =>
        new(
            "Certified accuracy for a fixed set over draws of the set, %",
            [
                "Aggregator",
                Column.OfNumbers("This set"),
                Column.OfNumbers($"{SetDraws.Default} draws"),
                Column.OfNumbers("Least"),
                Column.OfNumbers("Greatest"),
            ],
            [
                .. Draws.Select(entry =>
                    (IReadOnlyList<Cell>)
                        [
                            entry.Aggregator,
                            Cell.OfPercent(entry.Draws.OfTables),
                            Cell.OfPercent(entry.Draws.Mean, entry.Draws.Std),
                            Cell.OfPercent(entry.Draws.Others.Min()),
                            Cell.OfPercent(entry.Draws.Others.Max()),
                        ]
                ),
            ],
            ["Mean ± standard deviation over draws with the seeds 0, 1, 2, …"]
        );

    IEnumerable<string> Notes(bool attacked)
    {
        yield return "Accuracy in %. Fixed: a given set of clients is corrupted; any: any f of them per sample. = The "
            + "certificate is exact. – The rule has none.";
        if (attacked)
            yield return "Gap: what no attack broke and no certificate covers; where a certificate is exact, what the "
                + "suite did not find. Of certified samples, it tries ascents and the blind attack on 200 alone.";
        foreach (string note in KnownClients.Notes(Reports.Select(report => report.Aggregator)))
            yield return note;
        foreach (var report in Reports.Where(report => report.Contradictions > 0))
            yield return $"{report.Aggregator}, {ThreatName.Of(report.Adversary)}: {report.Contradictions} certified "
                + "samples were broken; their margins are within rounding, or something is wrong.";
        // Where the certificate is exact, it judges the suite, and needs no signs of failure.
        foreach (var report in Reports.Where(report => !report.IsExact && report.Strong is not null))
        foreach (string flag in report.Flags)
            yield return $"{report.Aggregator}, {ThreatName.Of(report.Adversary)}: {flag}";
    }

    /// <summary>Says where a certificate leaves classes out altogether.</summary>
    string? Narrow(string aggregator, string threat, ClassCoverage[] classes)
    {
        int[] covered = [.. classes.Where(row => row.Certified > 0).Select(row => row.Class)];
        int asked = classes.Count(row => row.Samples > 0);
        if (covered.Length == asked)
            return null;
        return covered.Length == 0
            ? $"{aggregator}, {threat}: certifies nothing."
            : $"{aggregator}, {threat}: covers {covered.Length} of {asked} classes only: "
                + $"{string.Join(", ", covered.Select(Names.Class))}.";
    }
}
