using Workbook.Kernel;

namespace Workbook.Notebooks.Execution;

/// <summary>A cell that failed, or that did something to its process.</summary>
/// <param name="Cell">The cell; null where none had begun.</param>
/// <param name="Error">Why.</param>
public sealed record CellFailure(NotebookCell? Cell, CellError Error);
