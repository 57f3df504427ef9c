using Workbook.Kernel;

namespace Workbook.Notebooks;

/// <summary>A code cell that a run starts (<paramref name="Elapsed"/> and <paramref name="Error"/> are null) or has
/// finished.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Index">Its number among the code cells, from 1: the number in its errors.</param>
/// <param name="Count">How many code cells there are.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Error">Why it failed.</param>
public sealed record CellProgress(NotebookCell Cell, int Index, int Count, TimeSpan? Elapsed, CellError? Error);
