namespace RobustInference.Serving;

/// <summary>How far sums can be from exact arithmetic: γ_m = mu/(1−mu) for m products (Higham, <i>Accuracy and
/// Stability of Numerical Algorithms</i>, 2002, section 3.1).</summary>
internal static class RoundingUnits
{
    /// <summary>u of float32.</summary>
    public const double Single = 1.0 / (1 << 24);

    /// <summary>u of float64.</summary>
    public const double Double = 1.0 / (1L << 53);

    /// <summary>γ of a sum of <paramref name="terms"/> products in float32, and two.</summary>
    public static double GammaSingle(long terms) => Gamma(terms, Single);

    /// <summary>γ of a sum of <paramref name="terms"/> products in float64, and two.</summary>
    public static double GammaDouble(long terms) => Gamma(terms, Double);

    static double Gamma(long terms, double unit) => (terms + 2) * unit / (1 - (terms + 2) * unit);
}
