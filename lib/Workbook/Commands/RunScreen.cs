using System.Globalization;
using Spectre.Console;
using Workbook.Notebooks;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary>Shows a notebook's run on standard error: the running cell as a moving line, finished ones as lines that
/// stay.</summary>
sealed class RunScreen(string name)
{
    const int FirstLineLength = 60;

    /// <summary>Runs <paramref name="work"/> and shows its progress, its end, and the failing cell.</summary>
    public NotebookRun Watch(Func<IProgress<CellProgress>, NotebookRun> work)
    {
        Screen.Remarks.MarkupLine($"[bold]{Markup.Escape(name)}[/]");
        NotebookRun run = Screen.IsLive
            ? Screen.Remarks.Status().Start("…", status => work(new Reports(report => Show(report, status))))
            : work(new Reports(report => Show(report, null)));
        if (run is { Failed: { } cell, Error: { } error })
        {
            Screen.Remarks.MarkupLine($"[red]✗ {Markup.Escape(name)}: cell {cell.Number} failed[/]");
            Screen.Remarks.Write(new Panel(new Text(cell.Source)).Expand());
            foreach (string line in error.Trace)
                Screen.Remark(line);
        }
        else
        {
            Screen.Remarks.MarkupLine($"[green]✓[/] {Markup.Escape(name)} {Seconds(run.Elapsed)}");
        }
        return run;
    }

    static void Show(CellProgress report, StatusContext? status)
    {
        string line = $"{report.Index}/{report.Count} {FirstLine(report.Cell)}";
        if (report.Elapsed is { } elapsed)
            Screen.Remarks.MarkupLine($"  [grey]{Seconds(elapsed), 8}[/]  {Markup.Escape(line)}");
        else
            status?.Status(Markup.Escape(line));
    }

    static string FirstLine(NotebookCell cell)
    {
        string line =
            cell.Source.Split('\n')
                .FirstOrDefault(line =>
                    line.Trim() is { Length: > 0 } text
                    && !text.StartsWith('#')
                    && !text.StartsWith("using ", StringComparison.Ordinal)
                )
            ?? cell.Source.Split('\n')[0];
        return line.Length > FirstLineLength ? line[..FirstLineLength] + "…" : line;
    }

    static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");

    // At once and on the runner's thread; System.Progress would report later, and out of order.
    sealed class Reports(Action<CellProgress> show) : IProgress<CellProgress>
    {
        public void Report(CellProgress value) => show(value);
    }
}
