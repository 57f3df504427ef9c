namespace RobustInference.Reporting;

/// <summary>A panel's two scales and how far they reach: room for error bars, bands, stacks, references and
/// annotations.</summary>
sealed record PanelExtent(AxisScale X, AxisScale Y, (double Min, double Max) RangeX, (double Min, double Max) RangeY)
{
    /// <summary>Columns of text of the vertical axis' longest tick label; where the renderer chooses the ticks, of the
    /// ends, rounded as an eighth of the range asks for.</summary>
    public int LongestLabelY
    {
        get
        {
            if (Y.Ticks(RangeY) is { } ticks)
                return ticks.Select(tick => DisplayWidth.Of(tick.Label)).DefaultIfEmpty().Max();
            int decimals = Math.Clamp((int)Math.Ceiling(-Math.Log10((RangeY.Max - RangeY.Min) / 8)), 0, 9);
            return new[] { RangeY.Min, RangeY.Max }.Max(end =>
                DisplayWidth.Of(AxisScale.Number(Math.Round(end, decimals)))
            );
        }
    }

    public static PanelExtent Of(Panel panel)
    {
        AxisScale x = new(panel.X, ValuesX(panel)),
            y = new(panel.Y, ValuesY(panel));
        if (panel.Heatmap is { } heatmap)
            return new(x, y, (-0.5, heatmap.Columns - 0.5), (-0.5, heatmap.Rows - 0.5));
        bool bars = panel.Series.Any(s => s is BarSeries),
            histograms = panel.Series.Any(s => s is HistogramSeries);
        return new(
            x,
            y,
            histograms ? panel.HistogramRange : x.Range(bars || panel.X.Categories.Count > 0, standsOnZero: false),
            y.Range(panel.Y.Categories.Count > 0, bars || histograms)
        );
    }

    static IEnumerable<double> ValuesX(Panel panel) =>
        panel
            .Series.SelectMany(
                IEnumerable<double> (series) =>
                    series switch
                    {
                        LineSeries line => line.X,
                        PointSeries points => points.X,
                        BarSeries bars => [0, bars.Values.Count - 1],
                        _ => [],
                    }
            )
            .Concat(panel.References.Where(r => r.IsVertical).Select(r => r.Value))
            .Concat(panel.Annotations.Select(a => a.X));

    static IEnumerable<double> ValuesY(Panel panel) =>
        panel
            .Series.SelectMany(
                IEnumerable<double> (series) =>
                    series switch
                    {
                        LineSeries line => [.. line.Y, .. line.Low ?? [], .. line.High ?? []],
                        PointSeries points => points.Y,
                        BarSeries bars when !panel.IsStacked => [0, .. Ends(bars, -1), .. Ends(bars, 1)],
                        HistogramSeries histogram =>
                        [
                            0,
                            .. histogram.Heights(panel.HistogramRange.Min, panel.HistogramRange.Max, panel.Bins),
                        ],
                        _ => [],
                    }
            )
            .Concat(Stacks(panel))
            .Concat(panel.References.Where(r => !r.IsVertical).Select(r => r.Value))
            .Concat(panel.Annotations.Select(a => a.Y));

    static IEnumerable<double> Ends(BarSeries bars, int sign) =>
        bars.Values.Select(
            (value, i) => value + sign * (bars.Errors?[i] is { } error && double.IsFinite(error) ? error : 0)
        );

    static IEnumerable<double> Stacks(Panel panel)
    {
        var bars = panel.Series.OfType<BarSeries>().ToArray();
        if (!panel.IsStacked || bars.Length == 0)
            return [];
        double Stack(int i) => bars.Sum(b => i < b.Values.Count && double.IsFinite(b.Values[i]) ? b.Values[i] : 0);
        return [0, .. Enumerable.Range(0, bars.Max(b => b.Values.Count)).Select(Stack)];
    }
}
