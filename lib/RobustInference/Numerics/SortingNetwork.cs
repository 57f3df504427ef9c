using System.Collections.Concurrent;

namespace RobustInference.Numerics;

/// <summary>A fixed sequence of compare-exchanges that brings the order statistics from…to−1 of n values into the
/// places from…to−1, those below before them and those above behind (Batcher's merge exchange; Knuth, TAOCP 3,
/// Algorithm 5.2.2M).</summary>
/// <remarks>A full sort keeps every exchange. For a range, an exchange whose two outputs end in the same group (below,
/// in, above) and are not read again changes nothing that is asked for, and is left out. The order within a group is
/// then arbitrary.</remarks>
public sealed class SortingNetwork
{
    static readonly ConcurrentDictionary<(int, int, int), SortingNetwork> Known = new();

    SortingNetwork(int rows, (int Low, int High)[] exchanges) => (Rows, Exchanges) = (rows, exchanges);

    /// <summary>n.</summary>
    public int Rows { get; }

    /// <summary>After each exchange place Low holds the smaller value.</summary>
    public (int Low, int High)[] Exchanges { get; }

    /// <summary>Sorts all n values.</summary>
    public static SortingNetwork Full(int rows) =>
        Known.GetOrAdd((rows, -1, -1), _ => new SortingNetwork(rows, [.. MergeExchange(rows)]));

    /// <summary>Parts n values in three groups: below <paramref name="from"/>, from…to−1, above.</summary>
    public static SortingNetwork Range(int rows, int from, int to) =>
        Known.GetOrAdd(
            (rows, from, to),
            _ =>
            {
                int Group(int place) =>
                    place < from ? 0
                    : place < to ? 1
                    : 2;
                var touched = new bool[rows];
                var kept = new List<(int, int)>();
                foreach (var (low, high) in MergeExchange(rows).Reverse())
                {
                    if (!touched[low] && !touched[high] && Group(low) == Group(high))
                        continue;
                    touched[low] = touched[high] = true;
                    kept.Add((low, high));
                }
                kept.Reverse();
                return new SortingNetwork(rows, [.. kept]);
            }
        );

    static IEnumerable<(int, int)> MergeExchange(int n)
    {
        if (n < 2)
            yield break;
        int top = 1;
        while (2 * top < n)
            top *= 2;
        for (int p = top; p > 0; p /= 2)
        {
            int q = top,
                r = 0,
                d = p;
            while (true)
            {
                for (int i = 0; i < n - d; i++)
                    if ((i & p) == r)
                        yield return (i, i + d);
                if (q == p)
                    break;
                (d, q, r) = (q - p, q / 2, p);
            }
        }
    }
}
