namespace Workbook.Kernel;

/// <summary>How a cell ended.</summary>
/// <param name="ExecutionCount">The cell's number in its session, from 1.</param>
/// <param name="Value">The last expression's value, or null where there is none.</param>
/// <param name="Error">Null when the cell succeeded.</param>
public sealed record CellResult(int ExecutionCount, MimeBundle? Value, CellError? Error)
{
    /// <summary>Whether the cell ran to its end.</summary>
    public bool Succeeded => Error is null;
}
