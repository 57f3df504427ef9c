using SkiaSharp;

namespace RobustInference.Reporting;

/// <summary>The colour bar to the right of a heatmap: its unit, its ends and its middle.</summary>
static class StaticColourBar
{
    /// <summary>Pixels that it takes from the panel's width.</summary>
    public const double Width = 92;

    public static void Draw(SKCanvas canvas, HeatmapSeries heatmap, Theme theme, double left, double top, double height)
    {
        const int Steps = 48;
        var (min, max) = heatmap.Range;
        for (int i = 0; i < Steps; i++)
        {
            var (red, green, blue) = Palette.Viridis((i + 0.5) / Steps);
            using var paint = new SKPaint { Color = new SKColor(red, green, blue) };
            double upper = top + height * (Steps - 1 - i) / Steps;
            canvas.DrawRect((float)left, (float)upper, 12, (float)(height / Steps + 0.5), paint);
        }
        foreach (double share in new[] { 0, 0.5, 1 })
            StaticText.Draw(
                canvas,
                AxisScale.Number(Math.Round(min + share * (max - min), 6)),
                left + 17,
                top + height * (1 - share) + 4,
                11,
                theme.Text
            );
        canvas.Save();
        canvas.RotateDegrees(-90, (float)left + 72, (float)(top + height / 2));
        StaticText.Draw(canvas, heatmap.Unit, left + 72, top + height / 2, 12, theme.Text, SKTextAlign.Center);
        canvas.Restore();
    }
}
