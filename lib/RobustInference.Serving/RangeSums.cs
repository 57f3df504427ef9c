namespace RobustInference.Serving;

/// <summary>What a mean of order statistics adds up when some of n rows are one-hot of a rival: the sums of the exact
/// worst case.</summary>
/// <remarks>Of n rows u are unknown and r of the others may change: f = u + r in all. In the worst case the rows that
/// are not known, or not any more, have 0 for the label and 1 for the rival.</remarks>
/// <param name="Kept">How many values a column keeps, n−a−b.</param>
/// <param name="Low">T: the label's window ends at the T-th lowest honest value.</param>
/// <param name="DroppedLow">L: and leaves out the L lowest.</param>
/// <param name="High">U: the rival's window ends at the U-th highest honest value.</param>
/// <param name="DroppedHigh">H: and leaves out the H highest.</param>
/// <param name="Ones">How many of the ones are kept.</param>
/// <param name="Corrupted">r, how many of the known rows may change.</param>
internal readonly record struct RangeSums(
    int Kept,
    int Low,
    int DroppedLow,
    int High,
    int DroppedHigh,
    int Ones,
    int Corrupted
)
{
    /// <param name="from">The first order statistic that is averaged, from 0.</param>
    /// <param name="to">One past the last.</param>
    /// <param name="clients">n.</param>
    /// <param name="changed">r.</param>
    /// <param name="unknown">u.</param>
    /// <exception cref="ArgumentException">Too few clients for the rule.</exception>
    public static RangeSums Of(int from, int to, int clients, int changed, int unknown = 0)
    {
        if (from < 0 || to <= from || to > clients)
            throw new ArgumentException($"{clients} clients are too few for order statistics {from}…{to - 1}");
        int above = clients - to,
            free = changed + unknown;
        return new(
            to - from,
            to - free,
            Math.Max(0, from - free),
            clients - from - free,
            Math.Max(0, above - free),
            Math.Max(0, free - above),
            changed
        );
    }
}
