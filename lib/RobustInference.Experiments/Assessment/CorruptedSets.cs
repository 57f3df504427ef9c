using RobustInference.Numerics;

namespace RobustInference.Assessment;

/// <summary>Sets of f of n clients: all of them, or a draw where there are too many.</summary>
static class CorruptedSets
{
    /// <summary>The sets, each ascending.</summary>
    /// <param name="clients">n.</param>
    /// <param name="corrupted">f.</param>
    /// <param name="most">All sets where there are at most so many.</param>
    /// <param name="drawn">How many are drawn otherwise, all different.</param>
    public static (IReadOnlyList<IReadOnlyList<int>> Sets, bool IsEvery) Of(
        int clients,
        int corrupted,
        int most,
        int drawn
    )
    {
        double count = 1;
        for (int i = 0; i < corrupted; i++)
            count *= (double)(clients - i) / (i + 1);
        if (Math.Round(count) <= most)
            return ([.. All(clients, corrupted, 0)], true);
        var random = RandomStream.Managed(0, "sets");
        int[] order = [.. Enumerable.Range(0, clients)];
        var sets = new Dictionary<string, IReadOnlyList<int>>();
        while (sets.Count < drawn)
        {
            random.ShuffleInplace<int>(order);
            int[] set = [.. order.Take(corrupted).Order()];
            sets[string.Join(',', set)] = set;
        }
        return ([.. sets.Values], false);
    }

    static IEnumerable<IReadOnlyList<int>> All(int clients, int corrupted, int from)
    {
        if (corrupted == 0)
        {
            yield return [];
            yield break;
        }
        for (int first = from; first <= clients - corrupted; first++)
            foreach (var rest in All(clients, corrupted - 1, first + 1))
                yield return [first, .. rest];
    }
}
