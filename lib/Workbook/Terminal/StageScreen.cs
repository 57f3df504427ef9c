using RobustInference.Running;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Workbook.Terminal;

/// <summary>Shows long work that says its stage and how much is done: a bar each with the time left; where no bar can
/// move, a line at least every five seconds, also where the work has nothing new to say.</summary>
public sealed class StageScreen
{
    static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(4.5),
        BetweenLooks = TimeSpan.FromSeconds(0.25);

    readonly Lock gate = new();
    readonly ProgressTask[]? bars;
    readonly string[] names;
    readonly double[] furthest;
    DateTime lastLine = DateTime.UtcNow;
    string? last;

    StageScreen(string[] names, ProgressContext? context) =>
        (this.names, furthest, bars) = (
            names,
            new double[names.Length],
            context is null ? null : [.. names.Select(name => context.AddTask(name, maxValue: 1))]
        );

    /// <summary>Runs <paramref name="work"/> with a screen of one bar for each of <paramref name="names"/>.</summary>
    public static T Watch<T>(string[] names, Func<StageScreen, T> work)
    {
        if (!Screen.IsLive)
        {
            var plain = new StageScreen(names, null);
            using var clock = new Timer(_ => plain.SayLast(), null, BetweenLooks, BetweenLooks);
            return work(plain);
        }
        return Screen
            .Remarks.Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new PercentageColumn(),
                new RemainingTimeColumn(),
                new StageColumn()
            )
            .Start(context => work(new StageScreen(names, context)));
    }

    /// <summary>Where one piece of work stands.</summary>
    /// <param name="index">Which bar.</param>
    /// <param name="stage">What it is doing.</param>
    /// <param name="done">0…1.</param>
    public void Report(int index, string stage, double done)
    {
        lock (gate)
        {
            // Stages guess at the share of the whole that they are: what was said to be done stays done.
            done = furthest[index] = Math.Max(done, furthest[index]);
            if (bars is not null)
            {
                (bars[index].Value, bars[index].Tag) = (done, stage);
                return;
            }
            last = $"{names[index]}: {100 * done, 3:F0} %, {stage}";
            SayLast();
        }
    }

    void SayLast()
    {
        lock (gate)
        {
            if (last is null || DateTime.UtcNow - lastLine < BetweenLines)
                return;
            lastLine = DateTime.UtcNow;
            Screen.Remark(last);
        }
    }

    /// <inheritdoc cref="Report(int, string, double)"/>
    public void Report(EnsembleProgress progress) => Report(progress.Ensemble, progress.Stage, progress.Done);

    sealed class StageColumn : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(task.Tag as string ?? "");
    }
}
