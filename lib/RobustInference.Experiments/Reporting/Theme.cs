namespace RobustInference.Reporting;

/// <summary>The colours of a figure's paper, text and grid, as <c>#rrggbb</c>.</summary>
/// <param name="Paper">The background; null for none.</param>
/// <param name="Text">Titles, tick labels, axes.</param>
/// <param name="Grid">Grid lines and references.</param>
public sealed record Theme(string? Paper, string Text, string Grid)
{
    /// <summary>No background; mid-tones with about the same contrast (4:1) to white and to the dark of editors and
    /// code hosts.</summary>
    public static readonly Theme Neutral = new(null, "#7c7f85", "#9a9da3");

    public static readonly Theme Light = new("#ffffff", "#24292f", "#8c959f");

    public static readonly Theme Dark = new("#1e1e1e", "#d4d7dc", "#8c959f");
}
