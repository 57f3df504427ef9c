namespace RobustInference.Reporting;

/// <summary>A matrix as coloured cells with a colour bar: row 0 on top, rows along the y axis, columns along the x
/// axis. The only series of its panel.</summary>
/// <param name="Unit">What the colours measure, with its unit: the colour bar's title.</param>
/// <param name="Values">[rows, columns].</param>
/// <exception cref="ArgumentException">An empty matrix.</exception>
public sealed record HeatmapSeries(string Unit, double[,] Values) : Series("")
{
    readonly (double Min, double Max) ends = Ends(Values);

    public double[,] Values { get; } =
        Values.Length > 0
            ? (double[,])Values.Clone()
            : throw new ArgumentException("a heatmap needs a value", nameof(Values));

    public int Rows => Values.GetLength(0);

    public int Columns => Values.GetLength(1);

    /// <summary>The value of the darkest colour; null: the smallest.</summary>
    public double? Min { get; init; }

    /// <summary>The value of the brightest colour; null: the largest.</summary>
    public double? Max { get; init; }

    /// <summary>Writes each value into its cell in this .NET format, for instance <c>0.0</c>; null: cells without
    /// text.</summary>
    public string? Format { get; init; }

    /// <summary>The values of the darkest and of the brightest colour.</summary>
    internal (double Min, double Max) Range
    {
        get
        {
            double min = Min ?? ends.Min,
                max = Max ?? ends.Max;
            return (min, max > min ? max : min + 1);
        }
    }

    static (double Min, double Max) Ends(double[,] values)
    {
        double[] there = [.. values.Cast<double>().Where(double.IsFinite).DefaultIfEmpty(0)];
        return (there.Min(), there.Max());
    }
}
