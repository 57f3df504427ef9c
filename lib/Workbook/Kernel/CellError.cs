namespace Workbook.Kernel;

/// <summary>Why a cell failed.</summary>
/// <param name="Name">The exception's type, or <c>CompilationError</c>.</param>
/// <param name="Message">What went wrong, with cell and line where known.</param>
/// <param name="Trace">Lines for the reader: the message, then where it happened.</param>
public sealed record CellError(string Name, string Message, IReadOnlyList<string> Trace);
