namespace Workbook.Kernel;

/// <summary>Names that could replace the text from <paramref name="Start"/> to <paramref name="End"/>.</summary>
public sealed record Completions(IReadOnlyList<string> Names, int Start, int End);
