using RobustInference.Paper;
using RobustInference.Reporting;
using RobustInference.Results;

namespace Workbook.Terminal;

/// <summary>Results as a table for people or as one JSON document for programs.</summary>
public static class ResultDocument
{
    /// <summary>Writes to standard output.</summary>
    public static void Show(RobustnessTable results, string title, bool json)
    {
        if (json)
        {
            var rows = results.Rows();
            var gains = results
                .Gains()
                .Select(g => new
                {
                    g.Seed,
                    g.BestStatic,
                    g.Gain.Difference,
                    g.Gain.Low,
                    g.Gain.High,
                });
            if (results.Strong is null)
                Screen.Json(new { rows, gains });
            else
                Screen.Json(
                    new
                    {
                        rows,
                        gains,
                        flags = results
                            .Strong.SelectMany(reports => reports)
                            .SelectMany(report => report.Flags, (report, flag) => new { report.Aggregator, flag }),
                    }
                );
            return;
        }
        Show(results.ToTable(title));
    }

    /// <summary>Writes rows to standard output, as JSON or as the table that they make.</summary>
    public static void Show(IReadOnlyList<ResultRow> rows, Func<Table> table, bool json)
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
