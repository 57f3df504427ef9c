namespace RobustInference.Reporting;

/// <summary>A line through points, with a band around it where <see cref="Low"/> and <see cref="High"/> are
/// given.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="X">Ascending.</param>
/// <param name="Y">As many as <paramref name="X"/>.</param>
/// <exception cref="ArgumentException">Lists of unequal length.</exception>
public sealed record LineSeries(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y) : Series(Name)
{
    readonly IReadOnlyList<double>? low,
        high;

    public IReadOnlyList<double> X { get; } = [.. X];

    public IReadOnlyList<double> Y { get; } = Same(Name, X, Y, "y");

    /// <summary>The band's lower edge; null for no band.</summary>
    public IReadOnlyList<double>? Low
    {
        get => low;
        init => low = value is null ? null : Same(Name, X, value, "lower edges");
    }

    /// <summary>The band's upper edge; null for no band.</summary>
    public IReadOnlyList<double>? High
    {
        get => high;
        init => high = value is null ? null : Same(Name, X, value, "upper edges");
    }

    /// <summary>Markers at the points; a long curve reads better without.</summary>
    public bool HasMarkers { get; init; } = X.Count <= 30;

    /// <summary>Dashed, for a bound or a prediction beside what was measured.</summary>
    public bool IsDashed { get; init; }

    /// <summary>Hollow markers, for figures of another kind than those of the filled ones.</summary>
    public bool IsHollow { get; init; }

    /// <summary>The same line with a band of ± <paramref name="deviations"/>.</summary>
    public LineSeries WithBand(IReadOnlyList<double> deviations)
    {
        MustAgree(Name, Y.Count, deviations.Count, "deviations");
        return this with
        {
            Low = [.. Y.Zip(deviations, (y, d) => y - d)],
            High = [.. Y.Zip(deviations, (y, d) => y + d)],
        };
    }

    /// <summary>Runs of neighbouring places whose value is finite: a gap interrupts a line and its band.</summary>
    internal static IEnumerable<Range> Runs(int count, Func<int, double> value)
    {
        for (int from = 0, to; from < count; from = to + 1)
        {
            for (to = from; to < count && double.IsFinite(value(to)); )
                to++;
            if (to > from)
                yield return from..to;
        }
    }

    static IReadOnlyList<double> Same(string name, IReadOnlyList<double> x, IReadOnlyList<double> values, string what)
    {
        MustAgree(name, x.Count, values.Count, what);
        return [.. values];
    }
}
