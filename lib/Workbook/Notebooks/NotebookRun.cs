using Workbook.Kernel;

namespace Workbook.Notebooks;

/// <summary>How a notebook's run ended.</summary>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Failed">The cell that failed, or null.</param>
/// <param name="Error">Why.</param>
public sealed record NotebookRun(TimeSpan Elapsed, NotebookCell? Failed, CellError? Error)
{
    /// <summary>Whether every cell ran to its end.</summary>
    public bool Succeeded => Error is null;
}
