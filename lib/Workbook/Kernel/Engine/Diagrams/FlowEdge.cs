namespace Workbook.Kernel.Engine.Diagrams;

/// <summary>A line of a flowchart.</summary>
/// <param name="From">The id of the node where it begins.</param>
/// <param name="To">The id of the node where it ends.</param>
/// <param name="Label">What stands at it, or empty.</param>
/// <param name="Stroke"><c>-</c> plain, <c>.</c> dotted, <c>=</c> thick.</param>
/// <param name="Arrow">Whether it has a head.</param>
public sealed record FlowEdge(string From, string To, string Label, char Stroke, bool Arrow);
