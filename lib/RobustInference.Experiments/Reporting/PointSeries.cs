namespace RobustInference.Reporting;

/// <summary>Points that no line joins (a scatter plot).</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="X">Horizontal positions.</param>
/// <param name="Y">Vertical positions, as many as <paramref name="X"/>.</param>
/// <exception cref="ArgumentException">Lists of unequal length.</exception>
public sealed record PointSeries(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y) : Series(Name)
{
    public IReadOnlyList<double> X { get; } = [.. X];

    public IReadOnlyList<double> Y { get; } = Same(Name, X, Y);

    static IReadOnlyList<double> Same(string name, IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        MustAgree(name, x.Count, y.Count, "y");
        return [.. y];
    }
}
