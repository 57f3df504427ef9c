namespace RobustInference.Certificates;

/// <summary>How far a robust average can be led astray: κ of Definition 1, ‖RobAvg(v) − v̄_S‖² ≤ κ/|S| · Σ_{i∈S} ‖v_i −
/// v̄_S‖² for every S of n−f rows (Allouah et al., 2023). A rule says which of these it has.</summary>
/// <remarks>All in terms of n and f with f &lt; n/2; others throw <see cref="ArgumentException"/>.</remarks>
public static class Kappa
{
    /// <summary>CWTM with t = f: 6f/(n−2f) · (1 + f/(n−2f)).</summary>
    public static double TrimmedMean(int clients, int corrupted) =>
        6 * Ratio(clients, corrupted) * (1 + Ratio(clients, corrupted));

    /// <summary>CWMed: 4 (1 + f/(n−2f))².</summary>
    public static double Median(int clients, int corrupted) => 4 * Square(1 + Ratio(clients, corrupted));

    /// <summary>The converged geometric median: as for CWMed. Twenty smoothed iterations can exceed it and carry no
    /// κ.</summary>
    public static double GeometricMedian(int clients, int corrupted) => Median(clients, corrupted);

    /// <summary>Krum: 6 (1 + f/(n−2f)).</summary>
    public static double Krum(int clients, int corrupted) => 6 * (1 + Ratio(clients, corrupted));

    /// <summary>No rule can be below f/(n−2f).</summary>
    public static double LowerBound(int clients, int corrupted) => Ratio(clients, corrupted);

    static double Ratio(int clients, int corrupted) =>
        corrupted >= 0 && 2 * corrupted < clients
            ? (double)corrupted / (clients - 2 * corrupted)
            : throw new ArgumentException($"κ is defined for f < n/2, not for f = {corrupted} of n = {clients}");

    static double Square(double x) => x * x;
}
