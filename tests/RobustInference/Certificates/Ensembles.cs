using RobustInference.Numerics;
using RobustInference.Probits;
using Tests.RobustInference.Aggregators;

namespace Tests.RobustInference.Certificates;

/// <summary>Small made-up ensembles for brute force.</summary>
static class Ensembles
{
    /// <summary>Drawn rows and labels; <paramref name="coarse"/> rows are small whole numbers over their sum, so that
    /// values tie within and across columns.</summary>
    public static ProbitSet Draw(long seed, int samples, int clients, int classes, bool coarse = false)
    {
        var random = RandomStream.Managed(seed, "test-labels");
        long[] labels = [.. Enumerable.Range(0, samples).Select(_ => (long)random.Next(classes))];
        if (!coarse)
        {
            using var rows = EveryRule.Rows(seed, samples, clients, classes);
            return ProbitSet.FromProbits("drawn", rows.data<float>().ToArray(), [samples, clients, classes], labels);
        }
        var values = new float[samples * clients * classes];
        for (int start = 0; start < values.Length; start += classes)
        {
            int[] parts = [.. Enumerable.Range(0, classes).Select(_ => random.Next(3))];
            parts[random.Next(classes)]++;
            for (int k = 0; k < classes; k++)
                values[start + k] = (float)parts[k] / parts.Sum();
        }
        return ProbitSet.FromProbits("coarse", values, [samples, clients, classes], labels);
    }

    /// <summary>Every set of <paramref name="count"/> of the numbers 0…<paramref name="of"/>−1.</summary>
    public static IEnumerable<int[]> Sets(int of, int count)
    {
        for (int bits = 0; bits < 1 << of; bits++)
            if (int.PopCount(bits) == count)
                yield return [.. Enumerable.Range(0, of).Where(i => (bits >> i & 1) == 1)];
    }
}
