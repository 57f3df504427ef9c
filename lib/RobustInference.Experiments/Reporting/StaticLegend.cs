using ScottPlot;
using SkiaSharp;

namespace RobustInference.Reporting;

/// <summary>The legend over a static figure's panels, in as many lines as it needs.</summary>
sealed class StaticLegend
{
    const float Size = 12,
        Gap = 22,
        LineHeight = 20;

    readonly List<(string Name, Series Series, int Colour, double X, int Line)> entries = [];

    public StaticLegend(Figure figure, double width)
    {
        double x = 0;
        int line = 0;
        var named = figure.Legend().Where(entry => entry.Name != "").ToArray();
        if (named.Length < 2)
            return; // one name alone says nothing that the title does not
        foreach (var (name, series, colour) in named)
        {
            double needed = Sample(series) + StaticText.Width(name, Size);
            if (x > 0 && x + needed > width)
                (x, line) = (0, line + 1);
            entries.Add((name, series, colour, x, line));
            x += needed + Gap;
        }
        Height = (line + 1) * LineHeight + 8;
    }

    public double Height { get; }

    // Three dashes, so that a marker on the middle one leaves two to be seen.
    const float Dash = 9,
        DashPeriod = 13;

    static double Sample(Series series) =>
        series switch
        {
            BarSeries or HistogramSeries => 18,
            LineSeries { IsDashed: true } => 2 * DashPeriod + Dash + 6,
            _ => 27,
        };

    public void Draw(SKCanvas canvas, double left, double top, Theme theme)
    {
        foreach (var entry in entries)
        {
            double x = left + entry.X,
                y = top + entry.Line * LineHeight + LineHeight / 2;
            using var paint = new SKPaint { Color = SKColor.Parse(Palette.At(entry.Colour)), IsAntialias = true };
            if (entry.Series is BarSeries or HistogramSeries)
                canvas.DrawRect((float)x, (float)y - 6, 12, 12, paint);
            if (entry.Series is LineSeries line)
            {
                paint.StrokeWidth = 2;
                for (float from = 0; from <= (line.IsDashed ? 2 * DashPeriod : 0); from += DashPeriod)
                    canvas.DrawLine(
                        (float)x + from,
                        (float)y,
                        (float)x + from + (line.IsDashed ? Dash : 21),
                        (float)y,
                        paint
                    );
            }
            if (entry.Series is PointSeries or LineSeries { HasMarkers: true })
            {
                using var marker = Paint.NewDisposablePaint();
                StaticSeries
                    .Marker(entry.Colour, 7, 1, entry.Series is LineSeries { IsHollow: true }, theme)
                    .Render(canvas, new Pixel(x + (Sample(entry.Series) - 6) / 2, y), marker);
            }
            StaticText.Draw(canvas, entry.Name, x + Sample(entry.Series), y + 4.3, Size, theme.Text);
        }
    }
}
