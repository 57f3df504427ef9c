using System.Text.Json.Nodes;

namespace RobustInference.Reporting;

/// <summary>Plotly's layout of a <see cref="Figure"/>: axes, titles, references, annotations.</summary>
static class PlotlyLayout
{
    /// <summary>Plotly numbers a figure's axes x, x2, x3, …</summary>
    public static string Suffix(int panel) => panel == 0 ? "" : $"{panel + 1}";

    /// <summary>The part of the figure that a panel's axes enclose, 0…1, y upwards.</summary>
    public static (double Left, double Right, double Bottom, double Top) Place(Figure figure, int panel)
    {
        double plotWidth = figure.Width - 76,
            plotHeight = figure.Height - 150;
        int column = panel % figure.Columns,
            row = panel / figure.Columns;
        double between = Between(figure),
            each = (plotWidth - between * (figure.Columns - 1)) / figure.Columns;
        double over = 68 + figure.Panels.Max(p => Turned(p, each) ? 0.65 * Longest(p) : 0);
        double width = each / plotWidth,
            tall = Math.Max(60, (plotHeight - over * (figure.Rows - 1)) / figure.Rows) / plotHeight;
        double left = column * (width + between / plotWidth),
            top = 1 - row * (tall + over / plotHeight);
        // The colour bar of a heatmap stands in its panel's own place.
        double right = left + width - (figure.Panels[panel].Heatmap is null ? 0 : 78 / plotWidth);
        return (left, right, Math.Max(0, top - tall), Math.Max(0.05, top));
    }

    /// <summary>Pixels between panels: for the tick labels and the title of an axis, with some air.</summary>
    static double Between(Figure figure)
    {
        int longest = figure
            .Panels.Where((_, p) => p % figure.Columns > 0)
            .Select(panel => PanelExtent.Of(panel).LongestLabelY)
            .DefaultIfEmpty()
            .Max();
        // The panels themselves keep most of the width.
        return Math.Min(Math.Max(70, 48 + 7.2 * longest), 0.4 * (figure.Width - 76) / figure.Columns);
    }

    static double Longest(Panel panel) => 7.2 * panel.X.Categories.Select(DisplayWidth.Of).DefaultIfEmpty().Max();

    static bool Turned(Panel panel, double width) => Longest(panel) > width / Math.Max(1, panel.X.Categories.Count) - 4;

    public static JsonObject Of(Figure figure, Theme theme)
    {
        var layout = new JsonObject();
        bool panelTitles = figure.Panels.Any(panel => panel.Title != "");
        double legendPixels = panelTitles ? 26 : 6,
            plotPixels = figure.Height - 150;
        var named = figure.Legend().Where(entry => entry.Name != "").ToArray();
        layout.Set("width", figure.Width);
        layout.Set("height", figure.Height);
        layout.Set("autosize", true);
        layout.Set("paper_bgcolor", theme.Paper ?? "rgba(0,0,0,0)");
        layout.Set("plot_bgcolor", "rgba(0,0,0,0)");
        layout.Set(
            "font",
            PlotlyJson.Object(("color", theme.Text), ("size", 12), ("family", "DejaVu Sans, Verdana, sans-serif"))
        );
        if (figure.Title != "")
            layout.Set(
                "title",
                PlotlyJson.Object(
                    ("text", string.Join("<br>", figure.TitleLines)),
                    ("x", 0.01),
                    ("xanchor", "left"),
                    ("y", 1 - 16.0 / figure.Height),
                    ("yanchor", "top"),
                    ("yref", "container"),
                    ("font", PlotlyJson.Object(("size", 15)))
                )
            );
        double top =
            14
            + (figure.Title == "" ? 0 : 6 + 20 * figure.TitleLines.Count)
            + LegendHeight(figure, named)
            + (panelTitles ? 22 : 0);
        layout.Set("margin", PlotlyJson.Object(("l", 62), ("r", 14), ("t", top), ("b", 54)));
        layout.Set("showlegend", named.Length > 1);
        layout.Set(
            "legend",
            PlotlyJson.Object(
                ("orientation", "h"),
                ("x", 0),
                ("xanchor", "left"),
                ("y", 1 + legendPixels / plotPixels),
                ("yanchor", "bottom")
            )
        );
        bool histograms = figure.Panels.Any(p => p.Series.Any(s => s is HistogramSeries));
        layout.Set(
            "barmode",
            histograms ? "overlay"
                : figure.Panels.Any(p => p.IsStacked) ? "stack"
                : "group"
        );
        layout.Set("bargap", 0.2);
        layout.Set(
            "modebar",
            PlotlyJson.Object(("bgcolor", "rgba(0,0,0,0)"), ("color", theme.Grid), ("activecolor", theme.Text))
        );
        layout.Set("hovermode", "closest");

        var shapes = new List<JsonObject>();
        var annotations = new List<JsonObject>();
        for (int p = 0; p < figure.Panels.Count; p++)
        {
            var panel = figure.Panels[p];
            var place = Place(figure, p);
            string suffix = Suffix(p);
            var extent = PanelExtent.Of(panel);
            bool isHeatmap = panel.Heatmap is not null;
            layout.Set(
                "xaxis" + suffix,
                Axis(
                    extent.X,
                    extent.RangeX,
                    "y" + suffix,
                    place.Left,
                    place.Right,
                    theme,
                    hasGrid: !isHeatmap && panel.X.Categories.Count == 0,
                    Turned(panel, (place.Right - place.Left) * (figure.Width - 76))
                )
            );
            var rangeY = isHeatmap ? (extent.RangeY.Max, extent.RangeY.Min) : extent.RangeY; // row 0 on top
            layout.Set(
                "yaxis" + suffix,
                Axis(extent.Y, rangeY, "x" + suffix, place.Bottom, place.Top, theme, hasGrid: !isHeatmap)
            );
            if (panel.Title != "")
                annotations.Add(
                    Text(
                        panel.Title,
                        "paper",
                        (place.Left + place.Right) / 2,
                        "paper",
                        place.Top,
                        "center",
                        "bottom",
                        13
                    )
                );
            foreach (var reference in panel.References)
                Reference(reference, extent, suffix, theme, shapes, annotations);
            // Plotly wants logarithms for ranges and annotations, but not for shapes and data.
            foreach (var note in panel.Annotations)
                annotations.Add(
                    Text(
                        note.Text,
                        "x" + suffix,
                        extent.X.Place(note.X),
                        "y" + suffix,
                        extent.Y.Place(note.Y),
                        "center",
                        "bottom",
                        12
                    )
                );
        }
        layout.Set("shapes", shapes);
        layout.Set("annotations", annotations);
        return layout;
    }

    /// <summary>Plotly gives every entry of a legend the width of the widest.</summary>
    static double LegendHeight(Figure figure, (string Name, Series First, int Colour)[] named)
    {
        if (named.Length < 2)
            return 0;
        double each = 50 + 7.5 * named.Max(entry => DisplayWidth.Of(entry.Name));
        int inLine = Math.Max(1, (int)((figure.Width - 76) / each));
        return 13 + 19 * ((named.Length + inLine - 1) / inLine);
    }

    static JsonObject Axis(
        AxisScale scale,
        (double Min, double Max) range,
        string anchor,
        double from,
        double to,
        Theme theme,
        bool hasGrid,
        bool isTurned = false
    )
    {
        var ticks = scale.Ticks(range);
        return PlotlyJson.Object(
            ("anchor", anchor),
            ("domain", new[] { from, to }),
            ("title", PlotlyJson.Object(("text", scale.Axis.Title), ("standoff", 10))),
            ("type", scale.Axis.IsLogarithmic ? "log" : "linear"),
            ("range", new[] { range.Min, range.Max }),
            ("gridcolor", PlotlyJson.Faded(theme.Grid, 0.28)),
            ("showgrid", hasGrid),
            ("linecolor", theme.Grid),
            ("showline", true),
            ("zeroline", false),
            ("automargin", true),
            ("nticks", 8),
            (
                "tickangle",
                scale.Axis.Categories.Count == 0 ? null
                : isTurned ? -40
                : 0
            ),
            ("dtick", ticks is null && scale.AreFewIntegers && range.Max - range.Min < 12 ? 1 : null),
            ("tickvals", ticks?.Select(tick => tick.Value).ToArray()),
            ("ticktext", ticks?.Select(tick => tick.Label).ToArray())
        );
    }

    static void Reference(
        Reference reference,
        PanelExtent extent,
        string suffix,
        Theme theme,
        List<JsonObject> shapes,
        List<JsonObject> annotations
    )
    {
        var line = PlotlyJson.Object(("color", theme.Text), ("width", 1.2), ("dash", "dash"));
        string own = (reference.IsVertical ? "x" : "y") + suffix,
            other = (reference.IsVertical ? "y" : "x") + suffix + " domain";
        var (along, across) = reference.IsVertical ? ("x", "y") : ("y", "x");
        shapes.Add(
            PlotlyJson.Object(
                ("type", "line"),
                ("line", line),
                (along + "ref", own),
                (along + "0", reference.Value),
                (along + "1", reference.Value),
                (across + "ref", other),
                (across + "0", 0),
                (across + "1", 1)
            )
        );
        if (reference.Label == "")
            return;
        annotations.Add(
            reference.IsVertical
                ? Text(reference.Label, own, extent.X.Place(reference.Value), other, 1, "left", "top", 11)
                : Text(reference.Label, other, 1, own, extent.Y.Place(reference.Value), "right", "bottom", 11)
        );
    }

    static JsonObject Text(
        string text,
        string xref,
        double x,
        string yref,
        double y,
        string xanchor,
        string yanchor,
        int size
    ) =>
        PlotlyJson.Object(
            ("text", text),
            ("xref", xref),
            ("x", x),
            ("yref", yref),
            ("y", y),
            ("xanchor", xanchor),
            ("yanchor", yanchor),
            ("showarrow", false),
            ("font", PlotlyJson.Object(("size", size)))
        );
}
