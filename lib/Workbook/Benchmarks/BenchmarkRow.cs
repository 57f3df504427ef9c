namespace Workbook.Benchmarks;

/// <summary>One measured figure.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">How much.</param>
/// <param name="Unit"><c>x</c> for a ratio.</param>
public sealed record BenchmarkRow(string Name, double Value, string Unit);
