using System.Diagnostics;
using Spectre.Console;

namespace Workbook.Terminal;

/// <summary>Bytes of one file, as they come: a bar on a terminal, a line now and then elsewhere.</summary>
static class TransferScreen
{
    static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(5);

    /// <summary>Shows the progress of <paramref name="transfer"/>.</summary>
    /// <param name="name">The file.</param>
    /// <param name="transfer">Tells the bytes so far, and in all where they are known.</param>
    public static async Task<T> Watch<T>(string name, Func<Action<long, long?>, Task<T>> transfer)
    {
        if (!Screen.IsLive)
        {
            var clock = Stopwatch.StartNew();
            return await transfer(
                (done, total) =>
                {
                    if (clock.Elapsed < BetweenLines)
                        return;
                    Screen.Remark(
                        $"{name}: {done >> 20:N0} MiB" + (total is { } all ? $" of {all >> 20:N0}" : "") + " …"
                    );
                    clock.Restart();
                }
            );
        }
        return await Screen
            .Remarks.Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new DownloadedColumn(),
                new TransferSpeedColumn(),
                new RemainingTimeColumn()
            )
            .StartAsync(async context =>
            {
                var bar = context.AddTask(Markup.Escape(name), autoStart: true);
                bar.IsIndeterminate = true;
                return await transfer(
                    (done, total) =>
                    {
                        bar.IsIndeterminate = total is null;
                        bar.MaxValue = total ?? Math.Max(done, 1);
                        bar.Value = done;
                    }
                );
            });
    }
}
