using System.Globalization;
using System.Text.Json.Nodes;

namespace RobustInference.Reporting;

/// <summary>A panel's series as Plotly's traces.</summary>
static class PlotlyTraces
{
    static readonly string[] Symbols = ["circle", "square", "triangle-up", "diamond", "triangle-down"];

    /// <param name="panel">Whose series are drawn.</param>
    /// <param name="axes">The suffix of the panel's axes.</param>
    /// <param name="theme">Colours of error bars and colour bars.</param>
    /// <param name="colourOf">The colour of each name.</param>
    /// <param name="isFirst">Whether a name comes up for the first time: it gets the legend's entry.</param>
    /// <param name="place">The panel's part of the figure.</param>
    public static IEnumerable<JsonObject> Of(
        Panel panel,
        string axes,
        Theme theme,
        Func<string, int> colourOf,
        Func<string, bool> isFirst,
        (double Left, double Right, double Bottom, double Top) place
    )
    {
        foreach (var series in panel.Series)
        {
            if (series is HeatmapSeries heatmap)
            {
                yield return Heatmap(heatmap, panel, axes, theme, place);
                continue;
            }
            int number = colourOf(series.Name);
            string colour = Palette.At(number);
            if (series is LineSeries { Low: not null, High: not null } band)
                yield return Band(band, panel, axes, colour);
            yield return series switch
            {
                BarSeries bars => Bars(bars, panel, axes, colour, theme, isFirst),
                HistogramSeries histogram => Histogram(histogram, panel, axes, colour, isFirst),
                LineSeries line => Line(line, axes, colour, number, isFirst),
                PointSeries points => Points(points, axes, colour, number, isFirst),
                _ => throw new NotSupportedException($"series of type {series.GetType().Name}"),
            };
        }
    }

    static JsonObject Named(string type, Series series, string axes, Func<string, bool> isFirst)
    {
        var trace = Plain(type, axes);
        trace.Set("name", series.Name);
        trace.Set("legendgroup", series.Name);
        trace.Set("showlegend", series.Name != "" && isFirst(series.Name));
        return trace;
    }

    static JsonObject Plain(string type, string axes)
    {
        var trace = PlotlyJson.Object(("type", type));
        trace.Set("xaxis", "x" + axes);
        trace.Set("yaxis", "y" + axes);
        return trace;
    }

    static JsonObject Bars(
        BarSeries series,
        Panel panel,
        string axes,
        string colour,
        Theme theme,
        Func<string, bool> isFirst
    )
    {
        var trace = Named("bar", series, axes, isFirst);
        trace.Set("x", Enumerable.Range(0, series.Values.Count).ToArray());
        trace.Set("y", Finite(series.Values));
        trace.Set("marker", PlotlyJson.Object(("color", colour)));
        trace.Set(
            "hovertext",
            series.Values.Select((_, i) => i < panel.X.Categories.Count ? panel.X.Categories[i] : $"{i}").ToArray()
        );
        trace.Set("hovertemplate", "%{hovertext}: %{y:.4~g}");
        if (series.Errors is { } errors)
            trace.Set(
                "error_y",
                PlotlyJson.Object(
                    ("type", "data"),
                    ("array", Finite(errors)),
                    ("color", theme.Text),
                    ("thickness", 1.2),
                    ("width", 3)
                )
            );
        return trace;
    }

    static JsonObject Histogram(
        HistogramSeries series,
        Panel panel,
        string axes,
        string colour,
        Func<string, bool> isFirst
    )
    {
        var (min, max) = panel.HistogramRange;
        double width = (max - min) / panel.Bins;
        var trace = Named("bar", series, axes, isFirst);
        trace.Set("x", Enumerable.Range(0, panel.Bins).Select(i => min + (i + 0.5) * width).ToArray());
        trace.Set("y", series.Heights(min, max, panel.Bins));
        trace.Set("width", 0.97 * width);
        trace.Set(
            "marker",
            PlotlyJson.Object(("color", PlotlyJson.Faded(colour, panel.Series.Count > 1 ? 0.55 : 0.9)))
        );
        return trace;
    }

    static JsonObject Line(LineSeries series, string axes, string colour, int number, Func<string, bool> isFirst)
    {
        var trace = Named("scatter", series, axes, isFirst);
        trace.Set("mode", series.HasMarkers ? "lines+markers" : "lines");
        trace.Set("x", Finite(series.X));
        trace.Set("y", Finite(series.Y));
        trace.Set(
            "line",
            PlotlyJson.Object(("color", colour), ("width", 2), ("dash", series.IsDashed ? "dash" : "solid"))
        );
        if (series.HasMarkers)
            trace.Set(
                "marker",
                PlotlyJson.Object(
                    ("size", 8),
                    ("symbol", Symbols[Palette.ShapeAt(number, Symbols.Length)] + (series.IsHollow ? "-open" : ""))
                )
            );
        return trace;
    }

    /// <summary>The band's outline: along its upper edge and back along the lower one, and anew after a gap.</summary>
    static JsonObject Band(LineSeries series, Panel panel, string axes, string colour)
    {
        double Place(double value) => panel.Y.IsLogarithmic ? Math.Log10(value) : value;
        List<double?> x = [],
            y = [];
        foreach (
            var run in LineSeries.Runs(
                series.X.Count,
                i => series.X[i] + Place(series.Low![i]) + Place(series.High![i])
            )
        )
        {
            if (x.Count > 0)
                (x, y) = ([.. x, null], [.. y, null]);
            int[] there = [.. Enumerable.Range(0, series.X.Count).Take(run)];
            x.AddRange(there.Concat(there.Reverse()).Select(i => (double?)series.X[i]));
            y.AddRange(
                there.Select(i => (double?)series.High![i]).Concat(there.Reverse().Select(i => (double?)series.Low![i]))
            );
        }
        var trace = Plain("scatter", axes);
        trace.Set("x", x.ToArray());
        trace.Set("y", y.ToArray());
        trace.Set("mode", "lines");
        trace.Set("line", PlotlyJson.Object(("width", 0)));
        trace.Set("fill", "toself");
        trace.Set("fillcolor", PlotlyJson.Faded(colour, 0.2));
        trace.Set("legendgroup", series.Name);
        trace.Set("showlegend", false);
        trace.Set("hoverinfo", "skip");
        return trace;
    }

    static JsonObject Points(PointSeries series, string axes, string colour, int number, Func<string, bool> isFirst)
    {
        var trace = Named("scatter", series, axes, isFirst);
        trace.Set("mode", "markers");
        trace.Set("x", Finite(series.X));
        trace.Set("y", Finite(series.Y));
        trace.Set(
            "marker",
            PlotlyJson.Object(
                ("color", colour),
                ("size", 7),
                ("opacity", 0.75),
                ("symbol", Symbols[Palette.ShapeAt(number, Symbols.Length)])
            )
        );
        return trace;
    }

    static JsonObject Heatmap(
        HeatmapSeries series,
        Panel panel,
        string axes,
        Theme theme,
        (double Left, double Right, double Bottom, double Top) place
    )
    {
        var (min, max) = series.Range;
        double?[][] rows =
        [
            .. Enumerable
                .Range(0, series.Rows)
                .Select(r => Finite([.. Enumerable.Range(0, series.Columns).Select(c => series.Values[r, c])])),
        ];
        var trace = Plain("heatmap", axes);
        trace.Set("z", rows);
        trace.Set("zmin", min);
        trace.Set("zmax", max);
        trace.Set("colorscale", "Viridis");
        double gap = series.Rows * series.Columns <= 600 ? 1.5 : 0;
        trace.Set("xgap", gap);
        trace.Set("ygap", gap);
        if (series.Format is { } format)
        {
            trace.Set(
                "text",
                rows.Select(row => row.Select(v => v?.ToString(format, CultureInfo.InvariantCulture) ?? "").ToArray())
                    .ToArray()
            );
            trace.Set("texttemplate", "%{text}");
        }
        trace.Set(
            "colorbar",
            PlotlyJson.Object(
                ("title", PlotlyJson.Object(("text", series.Unit), ("side", "right"))),
                ("x", place.Right + 0.01),
                ("xanchor", "left"),
                ("thickness", 12),
                ("y", (place.Bottom + place.Top) / 2),
                ("yanchor", "middle"),
                ("len", place.Top - place.Bottom),
                ("outlinewidth", 0),
                ("tickcolor", theme.Grid)
            )
        );
        return trace;
    }

    /// <summary>Plotly's gap is null: JSON knows no NaN.</summary>
    static double?[] Finite(IEnumerable<double> values) =>
        [.. values.Select(value => double.IsFinite(value) ? value : (double?)null)];
}
