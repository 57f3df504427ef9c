namespace RobustInference.Certificates;

/// <summary>Between which order statistics a trimmed mean is confined; <see cref="SortedLatents"/> says why.</summary>
/// <param name="Low">The lower end is the mean of <paramref name="Count"/> known values from this place on, counted
/// from 0.</param>
/// <param name="High">Likewise the upper end.</param>
/// <param name="Count">n−2t.</param>
public readonly record struct BoxPlaces(int Low, int High, int Count)
{
    /// <summary>The places for n clients and a trim of t when u rows are unknown and f′ of the known ones may
    /// change.</summary>
    /// <exception cref="ArgumentException">2t ≥ n, u + f′ &gt; t or one of them is negative: there is no
    /// box.</exception>
    public static BoxPlaces Of(int clients, int trim, int unknown, int changed) =>
        trim >= 0 && 2 * trim < clients && unknown >= 0 && changed >= 0 && unknown + changed <= trim
            ? new(trim - unknown - changed, trim + changed, clients - 2 * trim)
            : throw new ArgumentException(
                $"{unknown} unknown and {changed} changed of {clients} rows have no box with a trim of {trim}"
            );
}
