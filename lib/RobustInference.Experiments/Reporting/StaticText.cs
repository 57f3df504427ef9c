using SkiaSharp;

namespace RobustInference.Reporting;

/// <summary>Text in a static drawing that ScottPlot does not draw itself: titles, legend, colour bar.</summary>
static class StaticText
{
    /// <summary>How wide <paramref name="text"/> is, in pixels.</summary>
    public static double Width(string text, float size)
    {
        using var font = new SKFont(EmbeddedFont.Typeface, size);
        return font.MeasureText(text);
    }

    /// <summary>Writes <paramref name="text"/> with its baseline at <paramref name="y"/>.</summary>
    public static void Draw(
        SKCanvas canvas,
        string text,
        double x,
        double y,
        float size,
        string colour,
        SKTextAlign align = SKTextAlign.Left
    )
    {
        using var font = new SKFont(EmbeddedFont.Typeface, size);
        using var paint = new SKPaint { Color = SKColor.Parse(colour), IsAntialias = true };
        canvas.DrawText(text, (float)x, (float)y, align, font, paint);
    }
}
