using RobustInference.Reporting;

namespace RobustInference.Assessment;

/// <summary>A share of samples with its 95 % interval (Wilson, 1927).</summary>
/// <param name="Value">0…1.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
/// <param name="Samples">Of how many.</param>
public sealed record Share(double Value, double Low, double High, int Samples)
{
    const double Quantile = 1.959964;

    /// <summary>Of samples that are right or wrong.</summary>
    public static Share Of(IReadOnlyCollection<bool> right) => Of(right.Count(r => r), right.Count);

    /// <summary>Of so many that are right among <paramref name="n"/>.</summary>
    public static Share Of(int right, int n)
    {
        double p = (double)right / n,
            z = Quantile * Quantile / n,
            centre = (p + z / 2) / (1 + z),
            half = Quantile * Math.Sqrt(p * (1 - p) / n + z / (4 * n)) / (1 + z);
        return new(p, Math.Max(0, centre - half), Math.Min(1, centre + half), n);
    }

    /// <summary>Such as <c>58.2 % (±2.1)</c>.</summary>
    public override string ToString() => $"{Cell.OfPercent(Value).Text} % (±{Cell.OfPercent((High - Low) / 2).Text})";
}
