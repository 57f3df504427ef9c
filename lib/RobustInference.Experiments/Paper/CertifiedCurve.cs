using MathNet.Numerics.Statistics;
using RobustInference.Catalogue;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Reporting;
using RobustInference.Results;
using RobustInference.Running;
using RobustInference.Training;

namespace RobustInference.Paper;

/// <summary>Certified accuracy against the number of corrupted clients f, on all test samples: the median of
/// calibrated clients, and CertifiedVote, trained once for the paper's f, beside the trimmed mean with t = f, whose
/// worst case is exact.</summary>
/// <param name="Rows">A point a rule, α, threat model and f; over the seeds of an α mean and standard
/// deviation.</param>
/// <param name="Notes">Lines that say where the numbers are from.</param>
public sealed record CertifiedCurve(IReadOnlyList<CertifiedCurvePoint> Rows, IReadOnlyList<string> Notes)
{
    /// <summary>The curve as data: f = 0…8 of 17, fixed and any.</summary>
    /// <param name="dataset">Name of the data set.</param>
    /// <param name="alpha">α of the partition.</param>
    /// <param name="seeds">Which ensembles; the fixed sets are drawn with the same seed.</param>
    public static Experiment Experiment(string dataset, double alpha, IReadOnlyList<long> seeds) =>
        new(
            "certified-curve",
            FormattableString.Invariant($"Certified accuracy against f, {dataset}, α = {alpha}"),
            [
                new EnsembleRange(
                    dataset,
                    alpha,
                    RobustnessExperiment.Clients,
                    [.. Enumerable.Range(0, (RobustnessExperiment.Clients + 1) / 2)],
                    seeds
                ),
            ],
            [
                RuleId.CalibratedMedian,
                new(RuleId.CertifiedVote, new CertifiedVoteRecipe(RobustnessExperiment.Corrupted)),
                RuleId.CoordinateWiseTrimmedMean,
            ],
            [
                .. Enum.GetValues<Adversary>()
                    .Select(adversary => new AttackSetting(AttackId.Certified, new AdversarySettings(adversary))),
            ]
        );

    /// <summary>Reads what is recorded and runs what is not.</summary>
    public static CertifiedCurve Run(
        IReadOnlyList<Experiment> experiments,
        CellRunner runner,
        Action<EnsembleProgress>? progress = null,
        CancellationToken cancel = default
    )
    {
        var results = runner.Run([.. experiments.SelectMany(experiment => experiment.Cells())], progress, cancel);
        return new(
            [
                .. from result in results
                let cell = result.Cell
                group result.Accuracy by (
                    cell.Aggregator.Name,
                    cell.Ensemble.Alpha,
                    ((AdversarySettings)cell.Attack.Settings!).Adversary,
                    cell.Corrupted
                ) into point
                select new CertifiedCurvePoint(
                    point.Key.Name,
                    point.Key.Alpha,
                    ThreatName.Of(point.Key.Adversary),
                    point.Key.Corrupted,
                    point.Mean(),
                    point.Count() > 1 ? point.StandardDeviation() : null
                ),
            ],
            Provenance.Of(runner, results)
        );
    }

    /// <summary>A panel a threat model and α, a line a rule; bands are standard deviations over ensembles.</summary>
    public Figure ToFigure(string title)
    {
        double[] alphas = [.. Rows.Select(row => row.Alpha).Distinct().Order()];
        string[] rules = [.. Rows.Select(row => row.Aggregator).Distinct()];
        // One scale for all panels.
        double most = 10 * Math.Ceiling(10 * Rows.Max(row => row.Certified + (row.Std ?? 0)));
        return new Figure(
            title,
            [
                .. from adversary in Enum.GetValues<Adversary>()
                from alpha in alphas
                select new Panel(
                    "Corrupted clients f",
                    new Axis("Certified accuracy (%)") { Min = 0, Max = most },
                    [.. rules.Select((rule, i) => Line(rule, i, alpha, ThreatName.Of(adversary)))]
                )
                {
                    Title = FormattableString.Invariant(
                        $"{(adversary == Adversary.Fixed ? "a fixed set" : "any f, for each sample")}, α = {alpha}"
                    ),
                },
            ]
        )
        {
            Columns = alphas.Length,
        };

        LineSeries Line(string rule, int colour, double alpha, string threat)
        {
            var points = Rows.Where(row => (row.Aggregator, row.Alpha, row.Threat) == (rule, alpha, threat))
                .OrderBy(row => row.Corrupted)
                .ToArray();
            var line = new LineSeries(
                rule,
                [.. points.Select(point => (double)point.Corrupted)],
                [.. points.Select(point => 100 * point.Certified)]
            )
            {
                IsDashed = rule == RuleId.CoordinateWiseTrimmedMean,
                Colour = colour,
            };
            return points.All(point => point.Std is not null)
                ? line.WithBand([.. points.Select(point => 100 * point.Std!.Value)])
                : line;
        }
    }
}
