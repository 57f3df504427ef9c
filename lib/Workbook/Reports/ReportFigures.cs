using RobustInference.Assessment;
using RobustInference.Reporting;

namespace Workbook.Reports;

/// <summary>The pictures of a report.</summary>
static class ReportFigures
{
    const int Width = 480,
        Height = 360;

    /// <summary>Certified accuracy against f with 95 % bands, and what attacks left as points.</summary>
    public static Figure AgainstCorrupted(EnsembleReport report)
    {
        var series = new List<Series>();
        var colours = Colours(report);
        foreach (var own in report.Rules.GroupBy(rule => rule.Rule))
        {
            var sure = own.Where(rule => rule.Certified is not null).OrderBy(rule => rule.Corrupted).ToArray();
            if (sure.Length > 0)
                series.Add(
                    new LineSeries(
                        own.Key,
                        [.. sure.Select(rule => (double)rule.Corrupted)],
                        [.. sure.Select(rule => 100 * rule.Certified!.Value)]
                    )
                    {
                        Low = [.. sure.Select(rule => 100 * rule.Certified!.Low)],
                        High = [.. sure.Select(rule => 100 * rule.Certified!.High)],
                        Colour = colours[own.Key],
                    }
                );
            var left = own.Where(rule => rule.Attacked is not null && rule.Attacked != rule.Certified)
                .OrderBy(rule => rule.Corrupted)
                .ToArray();
            if (left.Length > 0)
                series.Add(
                    new LineSeries(
                        own.Key + ", attacked",
                        [.. left.Select(rule => (double)rule.Corrupted)],
                        [.. left.Select(rule => 100 * rule.Attacked!.Value)]
                    )
                    {
                        Low = [.. left.Select(rule => 100 * rule.Attacked!.Low)],
                        High = [.. left.Select(rule => 100 * rule.Attacked!.High)],
                        IsDashed = true,
                        HasMarkers = true,
                        Colour = colours[own.Key],
                    }
                );
        }
        return Of(
            "Certified and attacked accuracy",
            new Axis("Corrupted clients f")
            {
                Ticks = [.. report.Rules.Select(rule => (double)rule.Corrupted).Distinct().Order()],
            },
            new Axis("Accuracy (%)") { Min = 0, Max = 100 },
            Height + 40,
            series
        );
    }

    /// <summary>A point a rule at the greatest f that was asked for.</summary>
    public static Figure CleanAgainstCertified(EnsembleReport report, int corrupted) =>
        Of(
            $"Clean against certified, f = {corrupted}",
            "Clean accuracy (%)",
            new Axis("Certified accuracy (%)"),
            Height + 40,
            [
                .. report
                    .Rules.Where(rule => rule.Corrupted == corrupted && rule.Certified is not null)
                    .Select(rule =>
                        (Series)
                            new PointSeries(rule.Rule, [100 * rule.Clean.Value], [100 * rule.Certified!.Value])
                            {
                                Colour = Colours(report)[rule.Rule],
                            }
                    ),
            ]
        );

    /// <summary>Certified accuracy of each class, rule by rule.</summary>
    public static Figure PerClass(EnsembleReport report)
    {
        var values = new double[report.PerClass.Count, report.ClassNames.Count];
        for (int r = 0; r < report.PerClass.Count; r++)
        for (int k = 0; k < report.ClassNames.Count; k++)
            values[r, k] = 100 * (report.PerClass[r].Certified[k] ?? double.NaN);
        bool few = report.ClassNames.Count <= 12;
        return new Figure(
            "Certified accuracy of each class",
            new Panel(
                Axis.Of("Class", [.. report.ClassNames.Select(name => Short(name, few ? 9 : 4))]),
                Axis.Of("", [.. report.PerClass.Select(row => Short(row.Rule, 18))]),
                new HeatmapSeries("Certified (%)", values)
                {
                    Min = 0,
                    Max = 100,
                    Format = few ? "0" : null,
                }
            )
        )
        {
            Width = 2 * Width,
            Height = 110 + 34 * report.PerClass.Count,
        };
    }

    /// <summary>Accuracy, calibration error and agreement of each client.</summary>
    public static Figure Clients(EnsembleReport report) =>
        Of(
            "Clients",
            Axis.Of("Client", [.. report.Clients.Select(client => Short(client.Name, 8))]),
            new Axis("%") { Min = 0, Max = 100 },
            Height,
            [
                new BarSeries(
                    "Accuracy",
                    [.. report.Clients.Select(client => 100 * client.Accuracy.Value)],
                    [.. report.Clients.Select(client => 50 * (client.Accuracy.High - client.Accuracy.Low))]
                ),
                new BarSeries("Calibration error", [.. report.Clients.Select(client => 100 * client.CalibrationError)]),
                new BarSeries("Agreement", [.. report.Clients.Select(client => 100 * client.Agreement)]),
            ]
        );

    /// <summary>By how much less is certified where a client lies.</summary>
    public static Figure Costs(EnsembleReport report) =>
        Of(
            "What a client costs when it lies",
            Axis.Of("Client", [.. report.Clients.Select(client => Short(client.Name, 8))]),
            "Certified accuracy lost (points)",
            Height,
            [
                .. report.Sets.Select(sets =>
                    (Series)new BarSeries($"f = {sets.Corrupted}", [.. sets.Costs.Select(cost => 100 * cost)])
                ),
            ]
        );

    /// <summary>A rule has one colour in all pictures.</summary>
    static Dictionary<string, int> Colours(EnsembleReport report) =>
        report.Rules.Select(rule => rule.Rule).Distinct().Select((rule, i) => (rule, i)).ToDictionary();

    static Figure Of(string title, Axis x, Axis y, int height, IReadOnlyList<Series> series) =>
        new(title, new Panel(x, y, series)) { Width = Width, Height = height };

    static string Short(string name, int most) => name.Length <= most ? name : name[..(most - 1)] + "…";
}
