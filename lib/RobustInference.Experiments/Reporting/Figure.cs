namespace RobustInference.Reporting;

/// <summary>A figure as a plain, immutable description: panels in a grid under one title and one legend. Shown static
/// (SVG, PNG) or interactive (Plotly).</summary>
[TypeFormatterSource(typeof(FigureFormatters), PreferredMimeTypes = ["image/svg+xml", "text/plain"])]
public sealed class Figure
{
    int? width,
        height,
        columns;

    /// <param name="title">Stands over the figure; empty for none.</param>
    /// <param name="panels">At least one, row by row.</param>
    /// <exception cref="ArgumentException">No panels.</exception>
    public Figure(string title, params IReadOnlyList<Panel> panels)
    {
        if (panels.Count == 0)
            throw new ArgumentException("a figure needs a panel", nameof(panels));
        (Title, Panels) = (title, [.. panels]);
    }

    public string Title { get; }

    public IReadOnlyList<Panel> Panels { get; }

    /// <summary>Panels in a row; default: three.</summary>
    public int Columns
    {
        get => Math.Clamp(columns ?? 3, 1, Panels.Count);
        init => columns = value;
    }

    /// <summary>In pixels.</summary>
    public int Width
    {
        get =>
            width
            ?? (
                Columns == 1 ? 720
                : Columns == 2 ? 860
                : 980
            );
        init => width = value;
    }

    /// <summary>In pixels, title and legend included.</summary>
    public int Height
    {
        get => height ?? (Columns == 1 ? 380 : 320) * Rows + 40;
        init => height = value;
    }

    internal int Rows => (Panels.Count + Columns - 1) / Columns;

    /// <summary>The title in as many lines as the width needs.</summary>
    internal IReadOnlyList<string> TitleLines
    {
        get
        {
            var lines = new List<string>();
            foreach (string word in Title.Split(' '))
                if (lines.Count > 0 && 8.9 * DisplayWidth.Of($"{lines[^1]} {word}") < Width - 20)
                    lines[^1] += " " + word;
                else
                    lines.Add(word);
            return lines;
        }
    }

    /// <summary>One panel.</summary>
    public static Figure Of(string title, Axis x, Axis y, params IReadOnlyList<Series> series) =>
        new(title, new Panel(x, y, series));

    /// <summary>A drawing that needs no script. It is transparent and its colours read on white and on dark paper,
    /// unless a theme says otherwise.</summary>
    public string ToSvg(Theme? theme = null) => StaticFigure.Svg(this, theme ?? Theme.Neutral);

    /// <summary>A picture at <paramref name="scale"/> pixels for one of the figure's; on white unless a theme says
    /// otherwise.</summary>
    public byte[] ToPng(Theme? theme = null, double scale = 2) => StaticFigure.Png(this, theme ?? Theme.Light, scale);

    /// <summary>Plotly's data, layout and config, as <c>application/vnd.plotly.v1+json</c>.</summary>
    public string ToPlotlyJson(Theme? theme = null) => PlotlyFigure.Json(this, theme ?? Theme.Neutral);

    /// <summary>The static drawing, which turns interactive where the page has Plotly's script (see
    /// <see cref="PlotlyScript"/>); loads nothing by itself.</summary>
    public string ToHtml(Theme? theme = null) => PlotlyFigure.Html(this, theme ?? Theme.Neutral);

    public override string ToString() => Title;

    /// <summary>The legend's names, in the order in which they come up, each with the first series of that
    /// name.</summary>
    internal IReadOnlyList<(string Name, Series First, int Colour)> Legend()
    {
        var entries = new List<(string, Series, int)>();
        foreach (var series in Panels.SelectMany(panel => panel.Series))
            if (series is not HeatmapSeries && !entries.Exists(entry => entry.Item1 == series.Name))
                entries.Add((series.Name, series, series.Colour ?? entries.Count));
        return entries;
    }
}
