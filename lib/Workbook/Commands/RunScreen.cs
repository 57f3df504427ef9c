using Spectre.Console;
using Workbook.Notebooks;
using Workbook.Notebooks.Execution;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary>Shows runs on standard error: the running cells as moving lines, finished ones as lines that stay. Where no
/// line can move, one comes every few seconds.</summary>
sealed class RunScreen : IDisposable
{
    const int LongestSource = 12,
        LongestTrace = 20;
    static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(250);
    static readonly TimeSpan Silence = TimeSpan.FromSeconds(4);

    readonly Lock gate = new();
    readonly List<RunBoard> running = [];
    readonly CancellationTokenSource end = new();
    readonly Task drawing;
    string? doing;
    DateTime lastLine = DateTime.UtcNow;

    public RunScreen() => drawing = Screen.IsLive ? Task.Run(Draw) : Task.Run(Tell);

    /// <summary>A notebook's run begins.</summary>
    public void Begin(RunBoard board)
    {
        lock (gate)
            running.Add(board);
    }

    /// <summary>A cell has ended.</summary>
    public void Ended(RunBoard board, int cell, TimeSpan elapsed, bool failed) =>
        Line(
            $"{(failed ? "[red]✗[/]" : "[grey] [/]")} "
                + $"[grey]{RunBoard.Seconds(elapsed.TotalSeconds), 8}[/]  "
                + $"{Markup.Escape($"{board.Name} {board.Label(cell)}")}"
        );

    /// <summary>A notebook's run has ended.</summary>
    public void End(RunBoard board, NotebookRun run)
    {
        lock (gate)
            running.Remove(board);
        if (run.Succeeded)
            Line($"[green]✓[/] {Markup.Escape(board.Name)} {RunBoard.Seconds(run.Elapsed.TotalSeconds)}");
        foreach (CellFailure failure in run.Failures)
        {
            Line($"[red]✗ {Markup.Escape(Reason(board.Name, failure))}[/]");
            if (failure.Cell is { } cell)
                Show(cell, failure);
        }
    }

    /// <summary>A failure in one line: notebook, cell, reason.</summary>
    public static string Reason(string name, CellFailure failure) =>
        failure.Cell is { } cell
            ? $"{name}, cell {cell.Number}: {failure.Error.Message.ReplaceLineEndings(" ")}"
            : $"{name}: {failure.Error.Message.ReplaceLineEndings(" ")}";

    /// <summary>What is done beside the notebooks.</summary>
    public void Doing(string what)
    {
        lock (gate)
            doing = what;
    }

    /// <summary>A line that stays.</summary>
    public void Line(string markup)
    {
        lock (gate)
        {
            lastLine = DateTime.UtcNow;
            Screen.Remarks.MarkupLine(markup);
        }
    }

    public void Dispose()
    {
        end.Cancel();
        drawing.Wait();
        end.Dispose();
    }

    IEnumerable<string> Now() =>
        running.Select(board => board.Now()).Concat(doing is { } what ? [what] : Array.Empty<string>());

    void Show(NotebookCell cell, CellFailure failure)
    {
        lock (gate)
        {
            string[] source = cell.Source.Split('\n');
            Screen.Remarks.Write(
                new Panel(
                    new Text(
                        string.Join('\n', source.Take(LongestSource)) + (source.Length > LongestSource ? "\n…" : "")
                    )
                ).Expand()
            );
            // The first line mostly says what the reason above has said.
            foreach (string line in failure.Error.Trace.SkipWhile(failure.Error.Message.Contains).Take(LongestTrace))
                Screen.Remark(line.Length > 400 ? line[..400] + "…" : line);
        }
    }

    async Task Draw()
    {
        await Screen
            .Remarks.Live(new Text(""))
            .AutoClear(true)
            .StartAsync(async context =>
            {
                while (!end.IsCancellationRequested)
                {
                    lock (gate)
                        context.UpdateTarget(
                            new Rows(Now().Select(line => new Text(line) { Overflow = Overflow.Ellipsis }))
                        );
                    await Task.Delay(Frame, CancellationToken.None);
                }
            });
    }

    async Task Tell()
    {
        while (!end.IsCancellationRequested)
        {
            await Task.Delay(Frame, CancellationToken.None);
            lock (gate)
            {
                if (DateTime.UtcNow - lastLine < Silence || !Now().Any())
                    continue;
                lastLine = DateTime.UtcNow;
                foreach (string line in Now())
                    Screen.Remark($"  … {line}");
            }
        }
    }
}
