using System.Runtime.CompilerServices;

namespace RobustInference.Numerics;

/// <summary>Sums of order statistics with a sample in every lane: of some rows in ascending order, and of others that
/// change.</summary>
/// <param name="sorted">Rows that stay, at least zero; as <see cref="Aggregators.RangeMeanGiven"/> leaves them, those
/// that can be dropped below before those that can be dropped above.</param>
/// <param name="changing">m, at least one.</param>
/// <param name="from">The first order statistic.</param>
/// <param name="kept">How many, perhaps none.</param>
public sealed unsafe class LaneOrderStatistics<T>(int sorted, int changing, int from, int kept) : IDisposable
    where T : struct, IFloatLanes<T>
{
    // Below and above as many can be dropped as change: two comparisons of sorted halves do.
    readonly bool isBalanced = sorted == 2 * changing && from == changing && kept == changing;
    readonly AlignedFloats tile = new((sorted + changing) * T.Count);
    readonly int[] exchanges = Places(
        sorted == 2 * changing && from == changing && kept == changing ? SortingNetwork.Full(changing)
        : kept == 0 ? SortingNetwork.Full(1)
        : SortingNetwork.Range(sorted + changing, from, from + kept)
    );

    static int[] Places(SortingNetwork network) =>
        [.. network.Exchanges.SelectMany(e => new[] { e.Low * T.Count, e.High * T.Count })];

    /// <summary>target ← scale · (sure + the sum of the order statistics).</summary>
    /// <param name="stay">[sorted][size].</param>
    /// <param name="change">[m][size].</param>
    /// <param name="sure">[size].</param>
    /// <param name="target">[size].</param>
    /// <param name="height">Coordinates.</param>
    /// <param name="size">Floats from a row to the next.</param>
    /// <param name="vectors">How many of the vectors are in use.</param>
    /// <param name="scale">What the sum is multiplied by.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Sums(
        float* stay,
        float* change,
        float* sure,
        float* target,
        int height,
        int size,
        int vectors,
        float scale
    )
    {
        int stride = LaneProduct.Stride<T>();
        float* rows = tile.First;
        for (int i = 0; i < height; i++)
        for (int at = i * stride; at < i * stride + vectors * T.Count; at += T.Count)
        {
            T sum = T.Load(sure + at);
            if (isBalanced)
            {
                for (int r = 0; r < changing; r++)
                    T.Load(change + r * size + at).Store(rows + r * T.Count);
                Exchange(rows);
                // Of a sorted half and a sorted half in reverse, the greater of each pair are the upper half.
                for (int r = 0; r < changing; r++)
                    T.Max(T.Load(rows + r * T.Count), T.Load(stay + (changing - 1 - r) * size + at))
                        .Store(rows + r * T.Count);
                Exchange(rows);
                for (int r = 0; r < changing; r++)
                    sum += T.Min(T.Load(rows + r * T.Count), T.Load(stay + (sorted - 1 - r) * size + at));
            }
            else if (kept > 0)
            {
                for (int r = 0; r < sorted; r++)
                    T.Load(stay + r * size + at).Store(rows + r * T.Count);
                for (int r = 0; r < changing; r++)
                    T.Load(change + r * size + at).Store(rows + (sorted + r) * T.Count);
                Exchange(rows);
                for (int r = from; r < from + kept; r++)
                    sum += T.Load(rows + r * T.Count);
            }
            (sum * T.All(scale)).Store(target + at);
        }
    }

    /// <summary>change ← outer where a row is among the order statistics, 0 elsewhere; of equal values those of earlier
    /// rows come first, those that stay before those that change.</summary>
    /// <param name="stay">[sorted][size].</param>
    /// <param name="change">[m][size], overwritten.</param>
    /// <param name="outer">[size].</param>
    /// <param name="height">Coordinates.</param>
    /// <param name="size">Floats from a row to the next.</param>
    /// <param name="vectors">How many of the vectors are in use.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void KeepInPlace(float* stay, float* change, float* outer, int height, int size, int vectors)
    {
        int stride = LaneProduct.Stride<T>();
        float* rows = tile.First;
        T none = T.All(0),
            one = T.All(1),
            first = T.All(from - 0.5f),
            behind = T.All(from + kept - 0.5f);
        for (int i = 0; i < height; i++)
        for (int at = i * stride; at < i * stride + vectors * T.Count; at += T.Count)
        {
            T given = T.Load(outer + at);
            for (int r = 0; r < changing; r++)
                T.Load(change + r * size + at).Store(rows + r * T.Count);
            for (int r = 0; r < changing; r++)
            {
                T value = T.Load(rows + r * T.Count),
                    place = none;
                for (int s = 0; s < sorted; s++)
                    place += T.Select(T.Greater(T.Load(stay + s * size + at), value), none, one);
                for (int s = 0; s < r; s++)
                    place += T.Select(T.Greater(T.Load(rows + s * T.Count), value), none, one);
                for (int s = r + 1; s < changing; s++)
                    place += T.Select(T.Greater(value, T.Load(rows + s * T.Count)), one, none);
                T above = T.Select(T.Greater(place, first), given, none);
                T.Select(T.Greater(behind, place), above, none).Store(change + r * size + at);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Exchange(float* rows)
    {
        int[] places = exchanges;
        for (int i = 0; i + 1 < places.Length; i += 2)
        {
            float* low = rows + places[i],
                high = rows + places[i + 1];
            T a = T.Load(low),
                b = T.Load(high);
            T.Min(a, b).Store(low);
            T.Max(a, b).Store(high);
        }
    }

    public void Dispose() => tile.Dispose();
}
