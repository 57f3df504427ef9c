using System.Diagnostics;
using System.Text.Json.Nodes;
using Workbook.Kernel;

namespace Workbook.Notebooks;

/// <summary>Runs a notebook's cells without a front end and stores their outputs in it.</summary>
/// <remarks>A failing cell ends the run, unless it is tagged <c>raises-exception</c>; the cells behind it lose their
/// old outputs.</remarks>
public sealed class NotebookRunner(IProgress<CellProgress>? progress = null)
{
    /// <summary>Runs <paramref name="notebook"/>.</summary>
    /// <param name="notebook">Its outputs are replaced.</param>
    /// <param name="folder">What relative paths in <c>#r</c> and <c>#load</c> are relative to.</param>
    /// <param name="stop">Interrupts the running cell.</param>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public NotebookRun Run(Notebook notebook, string folder, CancellationToken stop = default)
    {
        long start = Stopwatch.GetTimestamp();
        var session = new CSharpSession(folder);
        using CancellationTokenRegistration interrupt = stop.Register(() => session.Interrupt());
        var displays = new Dictionary<string, List<JsonObject>>();
        NotebookCell[] cells = [.. notebook.Cells.Where(cell => cell.Kind == CellKind.Code)];
        foreach (NotebookCell cell in cells)
            cell.Store(null, []);

        var stored = new List<(NotebookCell Cell, int Count, StoredOutputs Outputs)>();
        NotebookCell? failed = null;
        CellError? error = null;
        for (int i = 0; i < cells.Length && error is null; i++)
        {
            stop.ThrowIfCancellationRequested();
            progress?.Report(new CellProgress(cells[i], i + 1, cells.Length, null, null));
            long cellStart = Stopwatch.GetTimestamp();
            var outputs = new StoredOutputs(displays);
            CellResult result = session.Execute(cells[i].Code, outputs);
            stop.ThrowIfCancellationRequested();
            if (result.Value is { } value)
                outputs.Result(value, result.ExecutionCount);
            if (result.Error is not null)
                outputs.Error(result.Error);
            if (result.Error is not null && !cells[i].Tags.Contains("raises-exception"))
                (failed, error) = (cells[i], result.Error);
            stored.Add((cells[i], result.ExecutionCount, outputs));
            progress?.Report(
                new CellProgress(cells[i], i + 1, cells.Length, Stopwatch.GetElapsedTime(cellStart), error)
            );
        }
        // Only now: what a cell's threads write after its end still belongs to it.
        foreach ((NotebookCell cell, int count, StoredOutputs outputs) in stored)
            cell.Store(count, outputs.Outputs);
        return new NotebookRun(Stopwatch.GetElapsedTime(start), failed, error);
    }
}
