using RobustInference.Aggregators;
using RobustInference.Certificates;
using RobustInference.Evaluation;
using RobustInference.Probits;
using RobustInference.Reporting;
using RobustInference.Running;

namespace RobustInference.Paper;

/// <summary>Rules on answers of clients of which some have changed since a learned rule was trained: clean accuracy,
/// and what is certified against any f.</summary>
public static class ChangedClientsTable
{
    /// <summary>A row a change, a pair of columns a rule.</summary>
    /// <param name="title">Stands over the table.</param>
    /// <param name="answers">What the clients answered when the rules were made.</param>
    /// <param name="changed">The clients that change; their number is f too.</param>
    /// <param name="rules">Rules, which stay as they are.</param>
    public static Table Of(string title, ProbitSet answers, ThreatModel changed, params IReadOnlyList<Aggregator> rules)
    {
        var rows = new List<IReadOnlyList<Cell>>();
        foreach (var (change, now) in ChangedClients.All(answers, changed))
        {
            using var after = now;
            List<Cell> row = [change];
            foreach (var rule in rules)
            {
                using var scores = rule.Scores(after.Probits);
                row.Add(Cell.OfPercent(RobustnessReport.Accuracy(Predictions.Correct(scores, after.Labels))));
                row.Add(
                    rule.Certificate(Adversary.Any) is { } certificate
                        ? Cell.OfPercent(
                            RobustnessReport.Accuracy(certificate.Certified(after, Adversary.Any, changed))
                        )
                        : Cell.Missing
                );
            }
            rows.Add(row);
        }
        return new Table(
            title,
            [
                "Change",
                .. rules.SelectMany(rule =>
                    new[] { Column.OfNumbers("clean", rule.Name), Column.OfNumbers("certified, any", rule.Name) }
                ),
            ],
            rows,
            [$"Accuracy in %. Clients {string.Join(", ", changed.Corrupted)} change; f = {changed.Count}."]
        );
    }
}
