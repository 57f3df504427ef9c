using RobustInference.Clients;
using RobustInference.Training;
using Spectre.Console;
using Spectre.Console.Rendering;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary>Shows training while it runs: a bar for all of it with samples a second and time left, and one for each
/// running client; where no bar can move, a line now and then.</summary>
sealed class TrainingScreen : IProgress<ClientProgress>
{
    static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(30);

    readonly Lock gate = new();
    readonly long[] first,
        done,
        totals;
    readonly int[] samples;
    readonly string noun;
    readonly bool[] finished;
    readonly DateTime start = DateTime.UtcNow;
    readonly ProgressContext? bars;
    readonly ProgressTask? whole;
    readonly Dictionary<int, ProgressTask> running = [];
    DateTime lastLine = DateTime.UtcNow;

    TrainingScreen(ClientRecipe recipe, DirichletPartition partition, string noun, ProgressContext? bars)
    {
        this.noun = noun;
        samples = [.. partition.Clients.Select(share => share.Length)];
        totals = [.. samples.Select(count => (long)recipe.Epochs * count)];
        (first, done, finished) = ([.. totals.Select(_ => -1L)], new long[totals.Length], new bool[totals.Length]);
        this.bars = bars;
        whole = bars?.AddTask($"{recipe.Clients} clients", maxValue: totals.Sum());
    }

    /// <summary>Runs <paramref name="work"/> with a screen to report to.</summary>
    public static T Watch<T>(
        ClientRecipe recipe,
        DirichletPartition partition,
        string noun,
        Func<IProgress<ClientProgress>, T> work
    )
    {
        if (!Screen.IsLive)
            return work(new TrainingScreen(recipe, partition, noun, null));
        return Screen
            .Remarks.Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new PercentageColumn(),
                new RemarkColumn()
            )
            .Start(context => work(new TrainingScreen(recipe, partition, noun, context)));
    }

    public void Report(ClientProgress value)
    {
        lock (gate)
        {
            int client = value.Client;
            // What an earlier start did must not count as this one's speed.
            if (first[client] < 0)
                first[client] = value.SamplesDone;
            done[client] = value.SamplesDone;
            bool ends = value.Accuracy is not null && !finished[client];
            finished[client] |= ends;
            if (bars is not null)
                MoveBars(value);
            if (ends)
                Screen.Remark(
                    $"client {client, 2}: {samples[client]:N0} {noun}, {100 * value.Accuracy:0.0} % of "
                        + $"the test set{(first[client] == totals[client] ? " (kept)" : "")}"
                );
            if (bars is null && DateTime.UtcNow - lastLine > BetweenLines)
            {
                lastLine = DateTime.UtcNow;
                Screen.Remark(
                    $"{100.0 * done.Sum() / totals.Sum(), 5:0.0} %, {finished.Count(f => f)} of "
                        + $"{totals.Length} clients done, {Pace()}"
                );
            }
        }
    }

    void MoveBars(ClientProgress value)
    {
        whole!.Value = done.Sum();
        whole.Tag = Pace();
        if (value.Accuracy is not null)
        {
            if (running.Remove(value.Client, out var old))
                bars!.RemoveTask(old);
            return;
        }
        if (!running.TryGetValue(value.Client, out var bar))
            running[value.Client] = bar = bars!.AddTask($"client {value.Client}", maxValue: value.SamplesTotal);
        bar.Value = value.SamplesDone;
        if (!double.IsNaN(value.Loss))
            bar.Tag = $"loss {value.Loss:F3}";
    }

    string Pace()
    {
        long now = done.Sum() - first.Where(seen => seen > 0).Sum();
        double rate = now / Math.Max((DateTime.UtcNow - start).TotalSeconds, 0.001);
        if (now == 0)
            return "…";
        var left = TimeSpan.FromSeconds((totals.Sum() - done.Sum()) / rate);
        string time =
            left.TotalHours >= 1
                ? $"{(int)left.TotalHours} h {left.Minutes:D2} min"
                : $"{left.Minutes} min {left.Seconds:D2} s";
        return $"{rate:N0} {noun}/s, {time} left";
    }

    sealed class RemarkColumn : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(task.Tag as string ?? "");
    }
}
