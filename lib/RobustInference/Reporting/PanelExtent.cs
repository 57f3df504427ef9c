namespace RobustInference.Reporting;

/// <summary>All values that a panel has to make room for, with the ends of error bars, bands and stacks.</summary>
static class PanelExtent
{
    public static IEnumerable<double> X(Panel panel) =>
        panel.Series.SelectMany(IEnumerable<double> (series) => series switch
        {
            LineSeries line => line.X,
            PointSeries points => points.X,
            BarSeries bars => [0, bars.Values.Count - 1],
            _ => [],
        }).Concat(panel.References.Where(r => r.IsVertical).Select(r => r.Value)).Concat(panel.Annotations.Select(a => a.X));

    public static IEnumerable<double> Y(Panel panel) =>
        panel.Series.SelectMany(IEnumerable<double> (series) => series switch
        {
            LineSeries line => [.. line.Y, .. line.Low ?? [], .. line.High ?? []],
            PointSeries points => points.Y,
            BarSeries bars when !panel.IsStacked => [0, .. Ends(bars, -1), .. Ends(bars, 1)],
            HistogramSeries histogram => [0, .. histogram.Heights(panel.HistogramRange.Min, panel.HistogramRange.Max, panel.Bins)],
            _ => [],
        }).Concat(Stacks(panel)).Concat(panel.References.Where(r => !r.IsVertical).Select(r => r.Value)).Concat(panel.Annotations.Select(a => a.Y));

    static IEnumerable<double> Ends(BarSeries bars, int sign) =>
        bars.Values.Select((value, i) => value + sign * (bars.Errors?[i] is { } error && double.IsFinite(error) ? error : 0));

    static IEnumerable<double> Stacks(Panel panel)
    {
        var bars = panel.Series.OfType<BarSeries>().ToArray();
        if (!panel.IsStacked || bars.Length == 0) return [];
        return [0, .. Enumerable.Range(0, bars.Max(b => b.Values.Count)).Select(i => bars.Sum(b => i < b.Values.Count && double.IsFinite(b.Values[i]) ? b.Values[i] : 0))];
    }
}
