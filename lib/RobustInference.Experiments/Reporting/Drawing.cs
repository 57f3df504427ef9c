namespace RobustInference.Reporting;

/// <summary>A drawing as SVG, shown as it is.</summary>
[TypeFormatterSource(typeof(DrawingFormatters), PreferredMimeTypes = ["image/svg+xml", "text/plain"])]
public sealed record Drawing(string Title, string Svg)
{
    public override string ToString() => Title;
}
