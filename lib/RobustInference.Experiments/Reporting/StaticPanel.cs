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

        var extent = PanelExtent.Of(panel);
        StaticAxis.Dress(
            (AxisBase)plot.Axes.Bottom,
            extent.X,
            theme,
            (width - 80) / Math.Max(1, panel.X.Categories.Count),
            extent.RangeX
        );
        StaticAxis.Dress((AxisBase)plot.Axes.Left, extent.Y, theme, null, extent.RangeY);
        if (panel.Heatmap is not null)
            plot.HideGrid();
        if (panel.X.Categories.Count > 0)
            plot.Grid.XAxisStyle.IsVisible = false;

        var drawn = new StaticSeries(plot, panel, extent.X, extent.Y, theme, colourOf);
        drawn.Draw();
        References(plot, panel, theme, extent, drawn);
        foreach (var note in panel.Annotations)
            drawn.Label(
                note.Text,
                extent.X.Place(note.X),
                extent.Y.Place(note.Y),
                ScottPlot.Alignment.LowerCenter,
                12,
                Color.FromHex(theme.Text)
            );
        plot.Axes.SetLimitsX(extent.RangeX.Min, extent.RangeX.Max);
        if (panel.Heatmap is null)
            plot.Axes.SetLimitsY(extent.RangeY.Min, extent.RangeY.Max);
        else
            plot.Axes.SetLimitsY(extent.RangeY.Max, extent.RangeY.Min); // row 0 on top
        return plot;
    }

    static void References(Plot plot, Panel panel, Theme theme, PanelExtent extent, StaticSeries drawn)
    {
        var colour = Color.FromHex(theme.Text);
        foreach (var reference in panel.References)
        {
            double x = extent.X.Place(reference.Value),
                y = extent.Y.Place(reference.Value);
            Coordinates[] ends = reference.IsVertical
                ? [new(x, extent.RangeY.Min), new(x, extent.RangeY.Max)]
                : [new(extent.RangeX.Min, y), new(extent.RangeX.Max, y)];
            plot.Add.Plottable(new DashedLine(ends, colour, 1.2f, 5));
            if (reference.Label == "")
                continue;
            if (reference.IsVertical)
                drawn.Label(reference.Label, x, extent.RangeY.Max, ScottPlot.Alignment.UpperLeft, 11, colour, 4);
            else
                drawn.Label(reference.Label, extent.RangeX.Max, y, ScottPlot.Alignment.LowerRight, 11, colour, -4);
        }
    }
}
