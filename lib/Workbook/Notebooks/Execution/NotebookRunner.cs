using Workbook.Kernel;

namespace Workbook.Notebooks.Execution;

/// <summary>Runs a notebook's cells in a process of their own and stores their outputs in it.</summary>
/// <remarks>A failing cell ends the run, unless it is tagged <c>raises-exception</c>; the cells behind it lose their
/// old outputs. Whatever a cell does to its process, what came before is kept and the cell is named.</remarks>
/// <param name="limits">What the process may take.</param>
/// <param name="watcher">Is told how it goes on.</param>
public sealed class NotebookRunner(RunLimits? limits = null, IRunWatcher? watcher = null)
{
    readonly RunLimits limits = limits ?? new RunLimits();

    /// <summary>Runs <paramref name="notebook"/>.</summary>
    /// <param name="notebook">Its outputs are replaced, after each cell.</param>
    /// <param name="folder">The process's folder, which relative paths in <c>#r</c> and <c>#load</c> are relative
    /// to.</param>
    /// <param name="environment">Variables for its cells.</param>
    /// <param name="stop">Ends the run.</param>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    /// <exception cref="IOException">The process cannot be started.</exception>
    public async Task<NotebookRun> Run(
        Notebook notebook,
        string folder,
        IReadOnlyDictionary<string, string>? environment = null,
        CancellationToken stop = default
    )
    {
        NotebookCell[] cells = [.. notebook.Cells.Where(cell => cell.Kind == CellKind.Code)];
        foreach (NotebookCell cell in cells)
            cell.Store(null, []);
        var request = new WorkerRequest(
            folder,
            [.. cells.Select(cell => new CellRequest(cell.Code, cell.Tags.Contains("raises-exception")))],
            limits.KeepGoing,
            limits.Output,
            limits.Grace
        );
        using WorkerProcess worker = await WorkerProcess.Start(
            request,
            folder,
            environment ?? new Dictionary<string, string>()
        );
        return await new RunningNotebook(cells, worker, limits, watcher).ToEnd(stop);
    }
}
