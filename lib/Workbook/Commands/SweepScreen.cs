using System.Diagnostics;
using RobustInference.Running;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary>A sweep's progress: one bar, or lines, with the time that is left.</summary>
static class SweepScreen
{
    /// <summary>Runs <paramref name="work"/> with a screen to report to.</summary>
    public static T Watch<T>(string name, Func<Action<SweepProgress>, T> work)
    {
        var clock = Stopwatch.StartNew();
        double? first = null;
        return StageScreen.Watch(
            [name],
            screen =>
                work(at =>
                {
                    // What was recorded before must not count as this start's speed.
                    first ??= at.Done;
                    double share = at.Done - first.Value,
                        left = clock.Elapsed.TotalSeconds * (1 - at.Done) / share;
                    screen.Report(0, share > 0.01 ? $"{Span(left)} left, {at.Stage}" : at.Stage, at.Done);
                })
        );
    }

    /// <summary>A time for people; null for null.</summary>
    public static string? Span(double? seconds) =>
        seconds switch
        {
            null => null,
            < 60 => $"{seconds.Value:F0} s",
            < 3600 => $"{seconds.Value / 60:F0} min",
            _ => $"{Math.Floor(seconds.Value / 3600):F0} h {seconds.Value % 3600 / 60:F0} min",
        };
}
