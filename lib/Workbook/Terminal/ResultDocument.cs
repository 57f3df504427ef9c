using RobustInference.Assessment;
using RobustInference.Catalogue;
using RobustInference.Paper;
using RobustInference.Probits;
using RobustInference.Reporting;
using RobustInference.Results;
using RobustInference.Running;

namespace Workbook.Terminal;

/// <summary>Results as a table for people or as one JSON document for programs.</summary>
public static class ResultDocument
{
    /// <summary>Writes to standard output.</summary>
    /// <param name="results">The table.</param>
    /// <param name="title">Stands over it.</param>
    /// <param name="json">For programs.</param>
    /// <param name="compare">Whether to name the best rule.</param>
    /// <param name="verdict">Stands under it; null for none.</param>
    public static void Show(
        RobustnessTable results,
        string title,
        bool json,
        bool compare = false,
        Verdict? verdict = null
    )
    {
        if (json)
        {
            var document = new Dictionary<string, object>
            {
                ["rows"] = results.Rows(),
                ["gains"] = results
                    .Gains()
                    .Select(g => new
                    {
                        g.Rule,
                        g.Seed,
                        g.BestStatic,
                        g.Gain.Difference,
                        g.Gain.Low,
                        g.Gain.High,
                    }),
                ["flags"] = results.Flags.Select(entry => new
                {
                    entry.Aggregator,
                    entry.Seed,
                    entry.Flag,
                }),
            };
            if (compare)
            {
                document["best"] = results.Best().Aggregator;
                document["criterion"] = RuleScore.Criterion;
            }
            if (verdict is not null)
                document["verdict"] = verdict.ToString();
            Screen.Json(document);
            return;
        }
        Show(results.ToTable(title));
        if (compare)
            Console.Out.WriteLine(results.Best().Verdict(ThreatName.InWords(Adversary.Fixed, results.Corrupted)));
        if (verdict is not null)
            Console.Out.WriteLine(verdict);
    }

    /// <summary>Writes rows to standard output, as JSON or as the table that they make.</summary>
    public static void Show<T>(IReadOnlyList<T> rows, Func<Table> table, bool json)
    {
        if (json)
            Screen.Json(new { rows });
        else
            Show(table());
    }

    /// <summary>Writes a table to standard output, bold where it is a terminal.</summary>
    public static void Show(Table table)
    {
        bool terminal = Screen.Results.Profile.Out.IsTerminal;
        Console.Out.WriteLine(
            table.ToText(
                terminal ? Screen.Results.Profile.Width : null,
                bold: terminal && Screen.Results.Profile.Capabilities.Ansi
            )
        );
    }
}
