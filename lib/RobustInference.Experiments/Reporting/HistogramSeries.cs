namespace RobustInference.Reporting;

/// <summary>How often values fall into equal bins, which all histograms of a panel share.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Values">The sample; values that are not finite are left out.</param>
public sealed record HistogramSeries(string Name, IReadOnlyList<double> Values) : Series(Name)
{
    public IReadOnlyList<double> Values { get; } = [.. Values.Where(double.IsFinite)];

    /// <summary>Shows the share of all values in percent, and not their number: for samples of unequal size.</summary>
    public bool IsShare { get; init; }

    /// <summary>The heights of <paramref name="bins"/> equal bins from <paramref name="min"/> to
    /// <paramref name="max"/>, the upper end included.</summary>
    internal double[] Heights(double min, double max, int bins)
    {
        var heights = new double[bins];
        foreach (double value in Values)
            if (min <= value && value <= max)
                heights[Math.Min(bins - 1, (int)((value - min) / (max - min) * bins))] += IsShare
                    ? 100.0 / Values.Count
                    : 1;
        return heights;
    }
}
