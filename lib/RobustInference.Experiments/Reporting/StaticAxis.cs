using ScottPlot;
using ScottPlot.AxisPanels;
using ScottPlot.TickGenerators;

namespace RobustInference.Reporting;

/// <summary>Dresses ScottPlot's axes: title, ticks, colours.</summary>
static class StaticAxis
{
    const double Turn = 40;

    /// <param name="drawn">ScottPlot's axis.</param>
    /// <param name="scale">What it shows.</param>
    /// <param name="theme">Its colours.</param>
    /// <param name="room">Pixels for each category's name; longer names are turned. Null: names have room.</param>
    /// <param name="range">The ends of the axis, as places.</param>
    public static void Dress(AxisBase drawn, AxisScale scale, Theme theme, double? room, (double Min, double Max) range)
    {
        var text = Color.FromHex(theme.Text);
        drawn.LabelStyle.Text = scale.Axis.Title;
        drawn.LabelStyle.FontSize = 13;
        drawn.TickLabelStyle.FontSize = 12;
        foreach (var style in new[] { drawn.LabelStyle, drawn.TickLabelStyle })
            (style.FontName, style.Bold, style.ForeColor) = (EmbeddedFont.Name, false, text);
        drawn.FrameLineStyle.Color =
            drawn.MajorTickStyle.Color =
            drawn.MinorTickStyle.Color =
                Color.FromHex(theme.Grid);
        drawn.MinorTickStyle.Length = 0;
        drawn.TickGenerator = scale.Ticks(range) is { } ticks
            ? new NumericManual(
                [.. ticks.Select(tick => scale.Place(tick.Value))],
                [.. ticks.Select(tick => tick.Label)]
            )
            : new NumericAutomatic
            {
                LabelFormatter = AxisScale.Number,
                TickDensity = 0.6,
                IntegerTicksOnly = scale.AreFewIntegers,
            };
        if (scale.Axis.Categories.Count > 0)
            Turned(drawn, scale.Axis, room);
    }

    static void Turned(AxisBase drawn, Axis axis, double? room)
    {
        drawn.MajorTickStyle.Color = Colors.Transparent; // the tick's length still keeps the names off the axis
        double longest = axis.Categories.Max(name => StaticText.Width(name, 12));
        if (room is null || longest < room - 8)
            return;
        drawn.TickLabelStyle.Rotation = (float)-Turn;
        drawn.TickLabelStyle.Alignment = ScottPlot.Alignment.UpperRight;
        // ScottPlot measures turned names as if they lay flat.
        drawn.MinimumSize = (float)(longest * Math.Sin(Turn * Math.PI / 180) + 14 + (axis.Title == "" ? 0 : 20));
    }
}
