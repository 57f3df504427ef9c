using ScottPlot;
using SkiaSharp;

namespace RobustInference.Reporting;

/// <summary>A dashed line, dash by dash: Skia's SVG canvas knows no path effects and writes a complaint to the terminal
/// for every one it meets.</summary>
/// <param name="points">Places on the axes.</param>
/// <param name="colour">Of the line.</param>
/// <param name="width">In pixels.</param>
/// <param name="dash">Length of a dash in pixels; the gaps are as long as three fifths of it.</param>
sealed class DashedLine(IReadOnlyList<Coordinates> points, Color colour, float width, float dash) : IPlottable
{
    public bool IsVisible { get; set; } = true;

    public IAxes Axes { get; set; } = new Axes();

    public IEnumerable<LegendItem> LegendItems => [];

    public AxisLimits GetAxisLimits() =>
        new(points.Min(p => p.X), points.Max(p => p.X), points.Min(p => p.Y), points.Max(p => p.Y));

    public void Render(RenderPack rp)
    {
        using var paint = new SKPaint
        {
            Color = colour.ToSKColor(),
            StrokeWidth = width,
            Style = SKPaintStyle.Stroke,
            IsAntialias = true,
        };
        float period = dash * 1.6f,
            along = 0;
        for (int i = 1; i < points.Count; i++)
        {
            Pixel from = Axes.GetPixel(points[i - 1]),
                to = Axes.GetPixel(points[i]);
            float dx = to.X - from.X,
                dy = to.Y - from.Y,
                length = MathF.Sqrt(dx * dx + dy * dy);
            // The pattern goes on around corners: `along` is where this stretch begins in it.
            for (float start = -(along % period); start < length; start += period)
            {
                float a = Math.Max(start, 0) / length,
                    b = Math.Min(start + dash, length) / length;
                if (b > a)
                    rp.Canvas.DrawLine(from.X + a * dx, from.Y + a * dy, from.X + b * dx, from.Y + b * dy, paint);
            }
            along += length;
        }
    }
}
