using System.Reflection;
using RobustInference.Assessment;
using RobustInference.Probits;
using RobustInference.Running;

namespace Workbook.Reports;

/// <summary>A report for programs: the facts of the page, as one JSON document.</summary>
static class ReportDocument
{
    /// <summary>Of a report; property names become snake_case.</summary>
    public static object Of(EnsembleReport report, ReportOptions options) =>
        new
        {
            input = report.Title,
            report.Understood,
            report.Findings,
            verdict = report.Verdict.ToString(),
            criterion = RuleScore.Criterion,
            threat = "any",
            corrupted = options.Corrupted,
            report.Samples,
            suite = "strong",
            options.AttackedSamples,
            version = Version,
            points = report.Verdict.Points.Select(point => new
            {
                point.Corrupted,
                point.Mean,
                best = point.Best.Aggregator,
                figure = point.BestShare,
                gain = point.Gain is { } gain
                    ? new
                    {
                        gain.Difference,
                        gain.Low,
                        gain.High,
                    }
                    : null,
            }),
            report.Rules,
            per_client = report.Clients,
            per_class_samples = report.Balance,
            certified_per_class = report.PerClass.Select(row => new { row.Rule, row.Certified }),
            sets = report.Sets.Select(sets => new
            {
                sets.Corrupted,
                sets.Rule,
                sets.Samples,
                every_set = sets.IsEverySet,
                count = sets.Sets.Count,
                worst = sets
                    .Sets.Take(10)
                    .Select(set => new
                    {
                        set.Clients,
                        names = set.Clients.Select(client => report.Clients[client].Name),
                        set.Certified,
                    }),
                costs = sets.Costs.Select(
                    (cost, client) =>
                        new
                        {
                            client,
                            report.Clients[client].Name,
                            cost,
                        }
                ),
            }),
            nearest_to_the_edge = report.Edge,
            report.Network,
            report.NetworkSha256,
        };

    /// <summary>Of the library that measured.</summary>
    public static string Version =>
        typeof(ProbitSet).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "unknown";
}
