namespace Workbook.Notebooks;

/// <summary>A heading of a text.</summary>
/// <param name="Level">1 for a title, to 6.</param>
/// <param name="Text">Without its markup.</param>
public sealed record Heading(int Level, string Text);
