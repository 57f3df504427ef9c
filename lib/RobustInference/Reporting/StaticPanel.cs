using ScottPlot;
using ScottPlot.AxisPanels;

namespace RobustInference.Reporting;

/// <summary>One <see cref="Panel"/> as a ScottPlot plot.</summary>
static class StaticPanel
{
    /// <param name="panel">What to draw.</param>
    /// <param name="theme">Its colours.</param>
    /// <param name="width">In pixels; decides whether names under the axis are turned.</param>
    /// <param name="colourOf">The colour of each name, by its number in <see cref="Palette"/>.</param>
    public static Plot Draw(Panel panel, Theme theme, double width, Func<string, int> colourOf)
    {
        _ = EmbeddedFont.Typeface;
        var plot = new Plot();
        // The figure paints the paper; a plot that cleared the canvas would wipe out its neighbours.
        plot.RenderManager.ClearCanvasBeforeEachRender = false;
        plot.FigureBackground.Color = plot.DataBackground.Color = Colors.Transparent;
        plot.Grid.MajorLineColor = Color.FromHex(theme.Grid).WithAlpha(0.28);
        plot.Axes.Right.IsVisible = plot.Axes.Top.IsVisible = false;
        plot.HideLegend();

        var heatmap = panel.Series.OfType<HeatmapSeries>().FirstOrDefault();
        bool bars = panel.Series.Any(s => s is BarSeries);
        StaticAxis x = new(panel.X, PanelExtent.X(panel)), y = new(panel.Y, PanelExtent.Y(panel));
        var rangeX = x.Range(isCategorical: heatmap is not null || bars || panel.X.Categories.Count > 0, standsOnZero: false);
        if (panel.Series.Any(s => s is HistogramSeries)) rangeX = panel.HistogramRange;
        var rangeY = y.Range(heatmap is not null || panel.Y.Categories.Count > 0, bars || panel.Series.Any(s => s is HistogramSeries));
        if (heatmap is not null) (rangeX, rangeY) = ((-0.5, heatmap.Columns - 0.5), (-0.5, heatmap.Rows - 0.5));

        x.Dress((AxisBase)plot.Axes.Bottom, theme, (width - 80) / Math.Max(1, panel.X.Categories.Count), rangeX);
        y.Dress((AxisBase)plot.Axes.Left, theme, null, rangeY);
        if (heatmap is not null) plot.HideGrid();
        if (panel.X.Categories.Count > 0) plot.Grid.XAxisStyle.IsVisible = false;

        var drawn = new StaticSeries(plot, panel, x, y, theme, colourOf);
        drawn.Draw();
        References(plot, panel, theme, x, y, drawn, rangeX, rangeY);
        foreach (var note in panel.Annotations)
            drawn.Label(note.Text, x.Place(note.X), y.Place(note.Y), ScottPlot.Alignment.LowerCenter, 12, Color.FromHex(theme.Text));
        plot.Axes.SetLimitsX(rangeX.Min, rangeX.Max);
        if (heatmap is null) plot.Axes.SetLimitsY(rangeY.Min, rangeY.Max);
        else plot.Axes.SetLimitsY(rangeY.Max, rangeY.Min);                        // row 0 on top
        return plot;
    }

    static void References(
        Plot plot, Panel panel, Theme theme, StaticAxis x, StaticAxis y, StaticSeries drawn, (double Min, double Max) rangeX, (double Min, double Max) rangeY)
    {
        foreach (var reference in panel.References)
        {
            ScottPlot.Plottables.AxisLine line = reference.IsVertical
                ? plot.Add.VerticalLine(x.Place(reference.Value))
                : plot.Add.HorizontalLine(y.Place(reference.Value));
            (line.Color, line.LineWidth, line.LinePattern) = (Color.FromHex(theme.Text), 1.2f, LinePattern.DenselyDashed);
            if (reference.Label == "") continue;
            if (reference.IsVertical) drawn.Label(reference.Label, x.Place(reference.Value), rangeY.Max, ScottPlot.Alignment.UpperLeft, 11, Color.FromHex(theme.Text), 4);
            else drawn.Label(reference.Label, rangeX.Max, y.Place(reference.Value), ScottPlot.Alignment.LowerRight, 11, Color.FromHex(theme.Text), -4);
        }
    }
}
