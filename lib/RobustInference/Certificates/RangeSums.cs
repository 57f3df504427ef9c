namespace RobustInference.Certificates;

/// <summary>What a mean of order statistics adds up when f of n rows are one-hot of a rival: see
/// <see cref="RangeMeanWorstCase"/> for the formula.</summary>
/// <param name="Kept">How many values a column keeps, n−a−b.</param>
/// <param name="Low">T: the label's window ends at the T-th lowest honest value.</param>
/// <param name="DroppedLow">L: and leaves out the L lowest.</param>
/// <param name="High">U: the rival's window ends at the U-th highest honest value.</param>
/// <param name="DroppedHigh">H: and leaves out the H highest.</param>
/// <param name="Ones">How many of the corrupted clients' ones are kept.</param>
/// <param name="Corrupted">f.</param>
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
    /// <exception cref="ArgumentException">Too few clients for the rule.</exception>
    public static RangeSums Of(IRangeMean rule, int clients, int corrupted)
    {
        var (from, to) = rule.Kept(clients);
        if (from < 0 || to <= from || to > clients)
            throw new ArgumentException($"{clients} clients are too few for order statistics {from}…{to - 1}");
        int above = clients - to;
        return new(
            to - from,
            to - corrupted,
            Math.Max(0, from - corrupted),
            clients - from - corrupted,
            Math.Max(0, above - corrupted),
            Math.Max(0, corrupted - above),
            corrupted
        );
    }
}
