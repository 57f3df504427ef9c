namespace RobustInference.Reporting;

/// <summary>One pair of axes with what they show.</summary>
public sealed record Panel
{
    /// <param name="x">The horizontal axis.</param>
    /// <param name="y">The vertical axis.</param>
    /// <param name="series">What is shown, drawn in this order.</param>
    /// <exception cref="ArgumentException">An axis of numbers without a title, or a heatmap that is not
    /// alone.</exception>
    public Panel(Axis x, Axis y, params IReadOnlyList<Series> series)
    {
        foreach (var (axis, name) in new[] { (x, "x"), (y, "y") })
            if (axis.Title == "" && axis.Categories.Count == 0)
                throw new ArgumentException($"the {name} axis needs a title with its unit");
        if (series.Count > 1 && series.Any(s => s is HeatmapSeries))
            throw new ArgumentException("a heatmap is the only series of its panel", nameof(series));
        (X, Y, Series) = (x, y, [.. series]);
    }

    public Axis X { get; }

    public Axis Y { get; }

    public IReadOnlyList<Series> Series { get; }

    /// <summary>Stands over the panel; empty for none.</summary>
    public string Title { get; init; } = "";

    /// <summary>Bars stand on each other and not side by side.</summary>
    public bool IsStacked { get; init; }

    /// <summary>The number of bins that the panel's histograms share.</summary>
    public int Bins { get; init; } = 30;

    public IReadOnlyList<Reference> References { get; init; } = [];

    public IReadOnlyList<Annotation> Annotations { get; init; } = [];

    internal HeatmapSeries? Heatmap => Series.Count == 1 ? Series[0] as HeatmapSeries : null;

    /// <summary>The common range of the panel's histograms: that of the axis, else of the values.</summary>
    internal (double Min, double Max) HistogramRange
    {
        get
        {
            double[] values = [.. Series.OfType<HistogramSeries>().SelectMany(s => s.Values).DefaultIfEmpty(0)];
            double min = X.Min ?? values.Min(),
                max = X.Max ?? values.Max();
            return (min, max > min ? max : min + 1);
        }
    }
}
