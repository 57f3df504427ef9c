using RobustInference.Catalogue;
using RobustInference.Evaluation;
using RobustInference.Probits;
using RobustInference.Reporting;
using RobustInference.Running;

namespace RobustInference.Assessment;

/// <summary>What a user wants to know, in words: how far liars can take the plain mean, which rule to use, and whether
/// training pays.</summary>
/// <param name="Clients">n.</param>
/// <param name="Adversary">Who picks the corrupted clients.</param>
/// <param name="Clean">The plain mean without corruption.</param>
/// <param name="Constant">The accuracy of the best constant answer, 0…1; null where it was not measured.</param>
/// <param name="Points">By f, ascending; at least one.</param>
public sealed record Verdict(
    int Clients,
    Adversary Adversary,
    Share Clean,
    double? Constant,
    IReadOnlyList<VerdictPoint> Points
)
{
    static readonly string[] Words =
    [
        "none",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
    ];

    /// <summary>From the reports of one or more f, each with all rules under one threat model.</summary>
    /// <param name="clients">n.</param>
    /// <param name="adversary">Which threat model.</param>
    /// <param name="byCorrupted">Reports by f; those under the other threat model are left out.</param>
    /// <param name="isLearned">Whether a rule of that name is learned.</param>
    public static Verdict Of(
        int clients,
        Adversary adversary,
        IReadOnlyList<IReadOnlyList<CertificationReport>> byCorrupted,
        Func<string, bool> isLearned
    )
    {
        var points = byCorrupted
            .Select(reports => reports.Where(report => report.Adversary == adversary).ToArray())
            .Where(reports => reports.Length > 0)
            .OrderBy(reports => reports[0].Corrupted)
            .ToArray();
        var first = points[0];
        return new(
            clients,
            adversary,
            Share.Of(Named(first, "Mean")?.Clean ?? first[0].Clean),
            Named(first, "Constant") is { } constant ? RobustnessReport.Accuracy(constant.Clean) : null,
            [.. points.Select(reports => Point(reports, isLearned))]
        );
    }

    /// <summary>The sentences.</summary>
    public override string ToString()
    {
        var sentences = new List<string>();
        var measured = Points.Where(point => point.Mean is not null && point.Corrupted > 0).ToArray();
        if (measured.Length > 0)
            sentences.Add(
                $"{Who(measured[0].Corrupted)} can take the mean from {Percent(Clean.Value)} to "
                    + string.Join(
                        "; ",
                        measured.Select((point, i) => (i == 0 ? "" : Word(point.Corrupted) + " to ") + Fall(point))
                    )
            );
        var last = Points[^1];
        var different = Points.Select(point => point.Best.Aggregator).Distinct().Count() > 1;
        sentences.Add(
            "Use "
                + string.Join(
                    ", ",
                    (different ? Points : [last]).Select(point =>
                        Named(point.Best, point.BestShare, different ? $" against {Word(point.Corrupted)}" : "")
                        + (
                            point is { Anonymous: { } anonymous, AnonymousShare: { } share }
                                ? $", or where that is not known {Named(anonymous, share, "")}"
                                : ""
                        )
                    )
                )
                + (Beaten(last) ? ", though a constant answer is no worse" : "")
        );
        if (last.Gain is { } gain)
            sentences.Add(
                $"Training gains {gain.InPoints()} points over the best rule without: "
                    + (
                        gain.Low > 0 ? "worth it here"
                        : gain.High < 0 ? "not worth it here"
                        : "no clear difference here"
                    )
            );
        return string.Join(". ", sentences) + $". (Criterion: {RuleScore.Criterion}.)";
    }

    static CertificationReport? Named(CertificationReport[] reports, string name) =>
        reports.FirstOrDefault(report => report.Aggregator == name);

    static VerdictPoint Point(CertificationReport[] reports, Func<string, bool> isLearned)
    {
        var best = RuleScore.Best(reports.Select(Score));
        var own = Named(reports, best.Aggregator)!;
        var learned = reports.Where(report => isLearned(report.Aggregator)).ToArray();
        var other = reports.Where(report => !isLearned(report.Aggregator) && report.Aggregator != "Constant").ToArray();
        var unknowing = reports.Where(report => !KnowsClients(report.Aggregator)).ToArray();
        var anonymous = KnowsClients(best.Aggregator) && unknowing.Length > 0 ? BestOf(unknowing) : null;
        return new(
            reports[0].Corrupted,
            Named(reports, "Mean")?.Certified is { } mean ? Share.Of(mean) : null,
            best,
            Decisive(own),
            learned.Length == 0 || other.Length == 0 ? null : Gain(BestOf(learned), BestOf(other)),
            anonymous is null ? null : Score(anonymous),
            anonymous is null ? null : Decisive(anonymous)
        );
    }

    static bool KnowsClients(string rule) =>
        RuleCatalog.Find(rule) is { } entry && entry.Needs.HasFlag(RuleNeeds.Clients);

    static Share Decisive(CertificationReport report) => Share.Of(report.Certified ?? report.Strong ?? report.Clean);

    static Interval? Gain(CertificationReport learned, CertificationReport other) =>
        (learned.Certified, other.Certified) is ({ } first, { } second)
            ? PairedBootstrap.OfAccuracy(first, second)
            : null;

    static CertificationReport BestOf(CertificationReport[] reports) =>
        Named(reports, RuleScore.Best(reports.Select(Score)).Aggregator)!;

    static RuleScore Score(CertificationReport report)
    {
        var row = report.ToRow();
        return new(row.Aggregator, row.Certified, row.Strong, row.Clean);
    }

    string Who(int corrupted) =>
        Adversary == Adversary.Any
            ? $"{Capital(Word(corrupted))} of {Clients} clients"
            : $"The {Word(corrupted)} corrupted of {Clients} clients";

    string Fall(VerdictPoint point) =>
        $"{point.Mean}"
        + (
            Constant is { } constant && point.Mean!.Value < constant
                ? $", below the constant answer ({Percent(constant)})"
                : ""
        );

    bool Beaten(VerdictPoint point) => Constant is { } constant && point.BestShare.Value <= constant;

    static string Named(RuleScore rule, Share share, string against) =>
        $"{rule.Aggregator}{against}{(KnowsClients(rule.Aggregator) ? ", which knows who answers" : "")} "
        + $"({Figure(rule)}{share}, clean {Percent(rule.Clean)})";

    static string Figure(RuleScore rule) =>
        rule.Certified is not null ? "certified "
        : rule.Strong is not null ? "under attack "
        : "clean ";

    static string Percent(double share) => $"{Cell.OfPercent(share).Text} %";

    static string Word(int number) => number < Words.Length ? Words[number] : $"{number}";

    static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];
}
