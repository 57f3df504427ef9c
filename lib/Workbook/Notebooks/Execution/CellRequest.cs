namespace Workbook.Notebooks.Execution;

/// <summary>A code cell to be run.</summary>
/// <param name="Code">Its text, marked with its language where that is not C#.</param>
/// <param name="MayFail">Whether an error in it is expected and does not end the run.</param>
public sealed record CellRequest(string Code, bool MayFail);
