using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Workbook.Kernel;

namespace Workbook.Notebooks.Execution;

/// <summary>A notebook while its process runs: takes in messages, stores outputs, and ends what goes too far.</summary>
sealed partial class RunningNotebook
{
    static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    readonly NotebookCell[] cells;
    readonly WorkerProcess worker;
    readonly RunLimits limits;
    readonly IRunWatcher? watcher;
    readonly StoredOutputs[] outputs;
    readonly int?[] counts;
    readonly double[] seconds;
    readonly List<CellFailure> failures = [];
    readonly long start = Stopwatch.GetTimestamp();
    int current; // from 1; the last one once it has ended, 0 before the first
    bool inCell,
        finished,
        explained; // it is known why the process ended early
    long cellStart;
    DateTime? interruptedAt,
        lastCellAt;

    public RunningNotebook(NotebookCell[] cells, WorkerProcess worker, RunLimits limits, IRunWatcher? watcher)
    {
        (this.cells, this.worker, this.limits, this.watcher) = (cells, worker, limits, watcher);
        var displays = new Dictionary<string, List<JsonObject>>();
        outputs = [.. cells.Select(_ => new StoredOutputs(displays))];
        (counts, seconds) = (new int?[cells.Length], new double[cells.Length]);
    }

    /// <summary>Follows the process to its end.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public async Task<NotebookRun> ToEnd(CancellationToken stop)
    {
        try
        {
            Task<bool> more = worker.Messages.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
            while (true)
            {
                await Task.WhenAny(more, Task.Delay(Tick, CancellationToken.None));
                stop.ThrowIfCancellationRequested();
                if (more.IsCompleted)
                {
                    if (!await more)
                        break;
                    while (worker.Messages.Reader.TryRead(out WorkerMessage? message))
                        Take(message);
                    more = worker.Messages.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
                }
                if (IsTooMuch() is { } reason)
                {
                    End(reason);
                    break;
                }
            }
        }
        catch (InvalidDataException fault)
        {
            End(Said("WorkerError", $"the notebook's process broke off: {fault.Message}"));
        }
        Close();
        return new NotebookRun(Stopwatch.GetElapsedTime(start), failures, [.. seconds.TakeWhile(time => time > 0)]);
    }

    void End(CellError reason)
    {
        worker.Kill();
        explained = true;
        Fail(current, reason);
    }

    StoredOutputs OutputsOf(int cell) =>
        cell >= 1 && cell <= cells.Length
            ? outputs[cell - 1]
            : throw new InvalidDataException($"a message speaks of cell {cell}");

    void Take(WorkerMessage message)
    {
        switch (message)
        {
            case WorkerMessage.Started started:
                OutputsOf(started.Cell);
                (current, inCell, cellStart, interruptedAt) = (started.Cell, true, Stopwatch.GetTimestamp(), null);
                watcher?.Started(current);
                break;
            case WorkerMessage.Streamed streamed:
                OutputsOf(streamed.Cell).Stream(streamed.Name, streamed.Text);
                break;
            case WorkerMessage.Displayed displayed:
                OutputsOf(displayed.Cell).Display(displayed.Data, displayed.DisplayId);
                break;
            case WorkerMessage.Updated updated:
                OutputsOf(updated.Cell).Update(updated.Data, updated.DisplayId);
                break;
            case WorkerMessage.Working working:
                watcher?.Working(working.What);
                break;
            case WorkerMessage.Ended ended:
                OutputsOf(ended.Cell);
                End(ended);
                break;
            case WorkerMessage.Crashed crashed:
                int cell = crashed.Cell > 0 ? crashed.Cell : CellIn(crashed.Error) ?? current;
                OutputsOf(cell);
                explained = true;
                Fail(
                    cell,
                    crashed.Error with
                    {
                        Message = $"{crashed.Error.Message} (nobody caught it, and it ended the process)",
                    }
                );
                break;
            case WorkerMessage.Straggling straggling:
                OutputsOf(straggling.Cell);
                Fail(
                    straggling.Cell,
                    Said(
                        "ThreadStillRunning",
                        $"{straggling.Thread} of this cell, {limits.Grace.TotalSeconds:0.#} s after the last: ended"
                    )
                );
                break;
            case WorkerMessage.Finished:
                finished = true;
                break;
        }
    }

    void End(WorkerMessage.Ended ended)
    {
        TimeSpan elapsed = Stopwatch.GetElapsedTime(cellStart);
        inCell = false;
        (counts[ended.Cell - 1], seconds[ended.Cell - 1]) = (ended.Count, elapsed.TotalSeconds);
        if (ended.Value is { } value)
            outputs[ended.Cell - 1].Result(value, ended.Count);
        bool expected = ended.Error is not null && interruptedAt is null && MayFail(ended.Cell);
        if (ended.Error is { } error)
        {
            CellError said = interruptedAt is null ? error : TooLong();
            if (expected)
                outputs[ended.Cell - 1].Error(said);
            else
                Fail(ended.Cell, said);
        }
        Store(ended.Cell);
        if (ended.Cell == cells.Length || (ended.Error is not null && !expected && !limits.KeepGoing))
            lastCellAt = DateTime.UtcNow;
        watcher?.Ended(ended.Cell, elapsed, ended.Error is not null && !expected);
    }

    /// <summary>Why the process must be ended now, or null.</summary>
    CellError? IsTooMuch()
    {
        if (limits.Memory is { } most && worker.Memory > most)
            return Said(
                "OutOfMemory",
                $"the notebook's process took more than {most / 1e9:0.##} GB of memory and was ended"
            );
        if (inCell && limits.Timeout is { } timeout)
        {
            if (interruptedAt is null && Stopwatch.GetElapsedTime(cellStart) > timeout)
            {
                interruptedAt = DateTime.UtcNow;
                worker.Send(new WorkerOrder(null, Interrupt: true));
            }
            if (interruptedAt is { } at && DateTime.UtcNow - at > limits.Grace)
                return TooLong();
        }
        // Its own grace for threads, and as much again for the end of the process.
        if (lastCellAt is { } last && DateTime.UtcNow - last > 2 * limits.Grace + TimeSpan.FromSeconds(1))
            return Said(
                "NotFinished",
                $"the process did not end within {2 * limits.Grace.TotalSeconds + 1:0.#} s after the last cell: ended"
            );
        return null;
    }

    // The pipe is closed: the process has ended, or ends now.
    void Close()
    {
        if (!worker.WaitForExit(limits.Grace))
            worker.Kill();
        worker.WaitForExit(limits.Grace);
        if (!finished && !explained)
            Fail(current, Death());
        for (int cell = 1; cell <= cells.Length; cell++)
            Store(cell);
    }

    CellError Death()
    {
        // What follows on the cell's own frames is the machinery that called them.
        string[] lines =
        [
            .. worker
                .Errors.Split('\n')
                .Select(line => line.TrimEnd())
                .Where(line => line != "")
                .TakeWhile(line => !Machinery.IsMatch(line))
                .Take(40),
        ];
        string said = lines.Length > 0 ? $": {lines[0]}" : "";
        string how = worker.ExitCode switch
        {
            null => "broke off",
            137 => "was killed (signal 9), as happens where the machine's memory is used up",
            > 128 and { } code => $"died of signal {code - 128}",
            { } code => $"ended with exit code {code} before the notebook did",
        };
        string message = $"the notebook's process {how}{said}";
        return new CellError("ProcessEnded", message, [message, .. lines.Skip(1)]);
    }

    void Fail(int cell, CellError error)
    {
        failures.Add(new CellFailure(cell == 0 ? null : cells[cell - 1], error));
        if (cell > 0)
        {
            outputs[cell - 1].Error(error);
            counts[cell - 1] ??= cell;
            Store(cell);
        }
        if (inCell && cell == current)
            watcher?.Ended(cell, Stopwatch.GetElapsedTime(cellStart), failed: true);
        if (cell == current)
            inCell = false;
    }

    void Store(int cell) => cells[cell - 1].Store(counts[cell - 1], outputs[cell - 1].Copies());

    bool MayFail(int cell) => cells[cell - 1].Tags.Contains("raises-exception");

    CellError TooLong() =>
        Said("Timeout", $"took longer than {limits.Timeout!.Value.TotalSeconds:0.#} s and was stopped");

    static CellError Said(string name, FormattableString message)
    {
        string text = message.ToString(CultureInfo.InvariantCulture);
        return new CellError(name, text, [text]);
    }

    static int? CellIn(CellError error) =>
        CellName.Match(error.Message) is { Success: true } match
            ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
            : null;

    [GeneratedRegex(@"^ +at (System\.Runtime\.CompilerServices|Microsoft\.CodeAnalysis|Workbook\.Kernel)\.")]
    private static partial Regex Machinery { get; }

    [GeneratedRegex(@"Cell\[(\d{1,5})\]")]
    private static partial Regex CellName { get; }
}
