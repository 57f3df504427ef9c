namespace Workbook.Kernel.Engine.Diagrams;

/// <summary>A box of a flowchart.</summary>
/// <param name="Id">By which edges name it.</param>
/// <param name="Lines">What stands in it.</param>
/// <param name="Shape">Its outline.</param>
public sealed record FlowNode(string Id, IReadOnlyList<string> Lines, FlowShape Shape);
