using ScottPlot;
using SkiaSharp;

namespace RobustInference.Reporting;

/// <summary>A heatmap's cells: rectangles, or one pixel for each cell where the matrix is large.</summary>
sealed class HeatmapCells(HeatmapSeries series) : IPlottable
{
    const int MostRectangles = 2000;

    public bool IsVisible { get; set; } = true;

    public IAxes Axes { get; set; } = new Axes();

    public IEnumerable<LegendItem> LegendItems => [];

    public AxisLimits GetAxisLimits() => new(-0.5, series.Columns - 0.5, -0.5, series.Rows - 0.5);

    public void Render(RenderPack rp)
    {
        if (series.Values.Length > MostRectangles)
            Pixels(rp.Canvas);
        else
            Rectangles(rp.Canvas);
    }

    void Rectangles(SKCanvas canvas)
    {
        // Small cells stand edge to edge: gaps between them would wash out the picture.
        double half = series.Values.Length <= 600 ? 0.485 : 0.505;
        for (int r = 0; r < series.Rows; r++)
        for (int c = 0; c < series.Columns; c++)
            if (Colour(r, c) is { } colour)
            {
                using var paint = new SKPaint { Color = colour };
                canvas.DrawRect(Between(c - half, r - half, c + half, r + half), paint);
            }
    }

    void Pixels(SKCanvas canvas)
    {
        using var bitmap = new SKBitmap(series.Columns, series.Rows, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        for (int r = 0; r < series.Rows; r++)
        for (int c = 0; c < series.Columns; c++)
            bitmap.SetPixel(c, r, Colour(r, c) ?? SKColors.Transparent);
        using var image = SKImage.FromBitmap(bitmap);
        canvas.DrawImage(
            image,
            Between(-0.5, -0.5, series.Columns - 0.5, series.Rows - 0.5),
            new SKSamplingOptions(SKFilterMode.Nearest)
        );
    }

    SKRect Between(double left, double top, double right, double bottom)
    {
        Pixel a = Axes.GetPixel(new Coordinates(left, top)),
            b = Axes.GetPixel(new Coordinates(right, bottom));
        return new SKRect(Math.Min(a.X, b.X), Math.Min(a.Y, b.Y), Math.Max(a.X, b.X), Math.Max(a.Y, b.Y));
    }

    SKColor? Colour(int r, int c)
    {
        var (min, max) = series.Range;
        if (!double.IsFinite(series.Values[r, c]))
            return null;
        var (red, green, blue) = Palette.Viridis((series.Values[r, c] - min) / (max - min));
        return new SKColor(red, green, blue);
    }
}
