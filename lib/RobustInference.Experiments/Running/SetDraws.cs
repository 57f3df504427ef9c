using MathNet.Numerics.Statistics;

namespace RobustInference.Running;

/// <summary>How much a figure for a fixed set of corrupted clients owes to the draw of that set: the one that the
/// tables use, beside others.</summary>
/// <param name="OfTables">Certified accuracy for the set of the tables, 0…1.</param>
/// <param name="Others">The same for draws with the seeds 0, 1, 2, …</param>
public sealed record SetDraws(double OfTables, IReadOnlyList<double> Others)
{
    /// <summary>Default number of draws.</summary>
    public const int Default = 20;

    public double Mean => Others.Mean();

    /// <summary>Sample standard deviation (n−1) over draws; NaN for one.</summary>
    public double Std => Others.StandardDeviation();
}
