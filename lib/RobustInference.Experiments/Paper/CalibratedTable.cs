using RobustInference.Aggregators;
using RobustInference.Certificates;
using RobustInference.Evaluation;
using RobustInference.Networks;
using RobustInference.Probits;
using RobustInference.Reporting;
using static TorchSharp.torch;

namespace RobustInference.Paper;

/// <summary>Static rules on the rows as they are and on calibrated ones.</summary>
public static class CalibratedTable
{
    /// <summary>A row a rule: accuracy without corruption and what is certified, before and after.</summary>
    /// <param name="title">Stands over the table.</param>
    /// <param name="answers">What the clients answer.</param>
    /// <param name="calibration">Fitted to other answers of the same clients.</param>
    /// <param name="threat">The fixed set; against any, so many as it has.</param>
    /// <param name="rules">Static rules with a certificate.</param>
    /// <exception cref="ArgumentException">A rule has no certificate.</exception>
    public static Table Of(
        string title,
        ProbitSet answers,
        ClientCalibration calibration,
        ThreatModel threat,
        params IReadOnlyList<Aggregator> rules
    )
    {
        using var calibrated = answers.Mapped(rows => calibration.Of(rows));
        return new Table(
            title,
            [
                "Aggregator",
                .. from rows in new[] { "Rows as they are", "Calibrated rows" }
                from figure in new[] { "clean", "certified, fixed", "certified, any" }
                select Column.OfNumbers(figure, rows),
            ],
            [
                .. rules.Select(rule =>
                    (IReadOnlyList<Cell>)[rule.Name, .. Cells(rule, answers), .. Cells(rule, calibrated)]
                ),
            ],
            [
                $"Accuracy in %, {answers.Samples:N0} samples, f = {threat.Count}.",
                FormattableString.Invariant(
                    $"Disagreement σ of the clients, on the mean: {Spread(answers):F2} before, "
                ) + FormattableString.Invariant($"{Spread(calibrated):F2} after."),
            ]
        );

        IEnumerable<Cell> Cells(Aggregator rule, ProbitSet set)
        {
            using var scores = rule.Scores(set.Probits);
            yield return Cell.OfPercent(RobustnessReport.Accuracy(Predictions.Correct(scores, set.Labels)));
            foreach (var adversary in Enum.GetValues<Adversary>())
            {
                var certificate =
                    rule.Certificate(adversary) ?? throw new ArgumentException($"{rule.Name}: has no certificate");
                yield return Cell.OfPercent(RobustnessReport.Accuracy(certificate.Certified(set, adversary, threat)));
            }
        }
    }

    static double Spread(ProbitSet answers)
    {
        using var scope = NewDisposeScope();
        return TheoremOne.Spread(answers.Probits).mean().to(ScalarType.Float64).item<double>();
    }
}
