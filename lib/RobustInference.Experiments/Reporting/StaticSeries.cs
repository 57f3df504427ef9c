using System.Globalization;
using ScottPlot;

namespace RobustInference.Reporting;

/// <summary>Draws the series of one panel into a ScottPlot plot.</summary>
sealed class StaticSeries(Plot plot, Panel panel, AxisScale x, AxisScale y, Theme theme, Func<string, int> colourOf)
{
    static readonly MarkerShape[] Shapes =
    [
        MarkerShape.FilledCircle,
        MarkerShape.FilledSquare,
        MarkerShape.FilledTriangleUp,
        MarkerShape.FilledDiamond,
        MarkerShape.FilledTriangleDown,
    ];

    /// <summary>A series' marker: series differ in shape too, for readers who do not see the colours.</summary>
    public static MarkerStyle Marker(int colour, float size, double opacity, bool isHollow, Theme theme)
    {
        var own = Color.FromHex(Palette.At(colour)).WithAlpha(opacity);
        var style = new MarkerStyle(Shapes[Palette.ShapeAt(colour, Shapes.Length)], size, own);
        if (isHollow)
        {
            style.FillColor = Color.FromHex(theme.Paper ?? "#ffffff");
            (style.OutlineColor, style.OutlineWidth) = (own, 1.5f);
        }
        return style;
    }

    public void Draw()
    {
        var bars = panel.Series.OfType<BarSeries>().ToArray();
        double[] below = new double[bars.Select(b => b.Values.Count).DefaultIfEmpty().Max()];
        for (int b = 0; b < bars.Length; b++)
            Bars(bars[b], b, bars.Length, below);
        foreach (var series in panel.Series)
            switch (series)
            {
                case LineSeries line:
                    Line(line);
                    break;
                case PointSeries points:
                    Points(points.X, points.Y, colourOf(points.Name), 6, 0.75, isHollow: false);
                    break;
                case HistogramSeries histogram:
                    Histogram(histogram);
                    break;
                case HeatmapSeries heatmap:
                    Heatmap(heatmap);
                    break;
            }
    }

    void Bars(BarSeries series, int b, int count, double[] below)
    {
        double width = panel.IsStacked ? 0.8 : 0.8 / count,
            shift = panel.IsStacked ? 0 : (b + 0.5) * width - 0.4;
        var colour = Color.FromHex(Palette.At(colourOf(series.Name)));
        var drawn = new List<Bar>();
        for (int c = 0; c < series.Values.Count; c++)
        {
            double value = series.Values[c];
            if (!double.IsFinite(value))
                continue;
            double from = panel.IsStacked ? below[c] : 0;
            drawn.Add(
                new Bar
                {
                    Position = c + shift,
                    ValueBase = from,
                    Value = from + value,
                    Size = width * 0.94,
                    FillColor = colour,
                    LineWidth = 0,
                }
            );
            if (panel.IsStacked)
                below[c] += value;
            if (series.Errors?[c] is { } error && double.IsFinite(error))
                Error(c + shift, from + value, error);
        }
        plot.Add.Bars(drawn);
    }

    void Error(double at, double value, double error)
    {
        var bar = plot.Add.ErrorBar([at], [value], [error]);
        (bar.Color, bar.LineWidth, bar.CapSize) = (Color.FromHex(theme.Text), 1.2f, 3);
    }

    void Line(LineSeries series)
    {
        int number = colourOf(series.Name);
        var colour = Color.FromHex(Palette.At(number));
        double[] xs = [.. series.X.Select(x.Place)];
        if (series is { Low: { } low, High: { } high })
            foreach (var run in LineSeries.Runs(series.X.Count, i => xs[i] + y.Place(low[i]) + y.Place(high[i])))
            {
                var band = plot.Add.FillY(
                    xs[run],
                    [.. low.ToArray()[run].Select(y.Place)],
                    [.. high.ToArray()[run].Select(y.Place)]
                );
                (band.FillColor, band.LineWidth, band.MarkerSize) = (colour.WithAlpha(0.2), 0, 0);
            }
        double[] ys = [.. series.Y.Select(y.Place)];
        foreach (var run in LineSeries.Runs(xs.Length, i => xs[i] + ys[i]))
        {
            if (series.IsDashed)
                plot.Add.Plottable(
                    new DashedLine([.. xs[run].Zip(ys[run], (a, b) => new Coordinates(a, b))], colour, 2, 8)
                );
            else
                plot.Add.ScatterLine(xs[run], ys[run], colour).LineWidth = 2;
        }
        if (series.HasMarkers)
            Points(series.X, series.Y, number, 7, 1, series.IsHollow);
    }

    void Points(
        IReadOnlyList<double> atX,
        IReadOnlyList<double> atY,
        int number,
        float size,
        double opacity,
        bool isHollow
    )
    {
        int[] there =
        [
            .. Enumerable.Range(0, atX.Count).Where(i => double.IsFinite(x.Place(atX[i]) + y.Place(atY[i]))),
        ];
        if (there.Length == 0)
            return;
        Coordinates[] places = [.. there.Select(i => new Coordinates(x.Place(atX[i]), y.Place(atY[i])))];
        plot.Add.Markers(places).MarkerStyle = Marker(number, size, opacity, isHollow, theme);
    }

    void Histogram(HistogramSeries series)
    {
        var (min, max) = panel.HistogramRange;
        double width = (max - min) / panel.Bins;
        double[] heights = series.Heights(min, max, panel.Bins);
        var colour = Color.FromHex(Palette.At(colourOf(series.Name))).WithAlpha(panel.Series.Count > 1 ? 0.55 : 0.9);
        var bars = heights.Select(
            (height, i) =>
                new Bar
                {
                    Position = min + (i + 0.5) * width,
                    Value = height,
                    Size = width * 0.97,
                    FillColor = colour,
                    LineWidth = 0,
                }
        );
        plot.Add.Bars(bars.Where(bar => bar.Value > 0).ToList());
    }

    void Heatmap(HeatmapSeries series)
    {
        plot.Add.Plottable(new HeatmapCells(series));
        if (series.Format is not { } format)
            return;
        var (min, max) = series.Range;
        for (int r = 0; r < series.Rows; r++)
        for (int c = 0; c < series.Columns; c++)
            if (series.Values[r, c] is var value && double.IsFinite(value))
            {
                var (red, green, blue) = Palette.Viridis((value - min) / (max - min));
                var legible = 0.3 * red + 0.59 * green + 0.11 * blue > 130 ? Colors.Black : Colors.White;
                Label(
                    value.ToString(format, CultureInfo.InvariantCulture),
                    c,
                    r,
                    ScottPlot.Alignment.MiddleCenter,
                    11,
                    legible
                );
            }
    }

    /// <summary>Text at a place of the axes, <paramref name="shift"/> pixels to the right of it.</summary>
    public void Label(
        string text,
        double atX,
        double atY,
        ScottPlot.Alignment alignment,
        float size,
        Color colour,
        float shift = 0
    )
    {
        var label = plot.Add.Text(text, atX, atY);
        label.OffsetX = shift;
        label.LabelStyle.FontName = EmbeddedFont.Name;
        (label.LabelStyle.Bold, label.LabelStyle.FontSize, label.LabelStyle.ForeColor, label.LabelStyle.Alignment) = (
            false,
            size,
            colour,
            alignment
        );
    }
}
