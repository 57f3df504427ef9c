using MathNet.Numerics.Statistics;
using RobustInference.Numerics;

namespace RobustInference.Evaluation;

/// <summary>Percentile bootstrap over test samples, both rules on the same resamples (Efron and Tibshirani, 1993).</summary>
public static class PairedBootstrap
{
    /// <summary>The interval of the difference in worst-case accuracy; in each resample every rule meets its own worst attack.</summary>
    /// <param name="first">Per attack, per sample, whether right.</param>
    /// <param name="second">The same for the other rule.</param>
    /// <param name="seed">Of the resamples.</param>
    /// <param name="resamples">How many.</param>
    /// <exception cref="ArgumentException">Different numbers of samples, or none.</exception>
    public static Interval OfWorstCase(IReadOnlyList<bool[]> first, IReadOnlyList<bool[]> second, long seed = 0, int resamples = 2000)
    {
        int samples = first[0].Length;
        foreach (var outcomes in first.Concat(second)) CheckPaired(samples, outcomes.Length);
        var (kindOf, firstKinds, secondKinds) = Kinds(first, second);
        return Of(kindOf, firstKinds[0].Length, counts => (double)(Worst(firstKinds, counts) - Worst(secondKinds, counts)) / samples, seed, resamples);
    }

    /// <summary>The interval of the difference in accuracy: clean, certified, surviving, whatever the samples were counted for.</summary>
    /// <param name="first">Per sample, whether it counts for the first.</param>
    /// <param name="second">The same samples, for the second.</param>
    /// <param name="seed">Of the resamples.</param>
    /// <param name="resamples">How many.</param>
    /// <exception cref="ArgumentException">Different numbers of samples, or none.</exception>
    public static Interval OfAccuracy(bool[] first, bool[] second, long seed = 0, int resamples = 2000) => OfWorstCase([first], [second], seed, resamples);

    /// <summary>The interval of the difference of two means, for figures that are not only right or wrong, such as a certified radius or a share of twenty draws.</summary>
    /// <param name="first">Per sample, a number.</param>
    /// <param name="second">The same samples, the number to compare with.</param>
    /// <param name="seed">Of the resamples.</param>
    /// <param name="resamples">How many.</param>
    /// <exception cref="ArgumentException">Different numbers of samples, or none.</exception>
    public static Interval OfMean(IReadOnlyList<double> first, IReadOnlyList<double> second, long seed = 0, int resamples = 2000)
    {
        CheckPaired(first.Count, second.Count);
        double[] differences = [.. first.Zip(second, (a, b) => a - b)];
        return Of([.. Enumerable.Range(0, differences.Length)], differences.Length, counts =>
        {
            double sum = 0;
            for (int s = 0; s < counts.Length; s++) sum += counts[s] * differences[s];
            return sum / counts.Length;
        }, seed, resamples);
    }

    /// <param name="kindOf">Per sample, its kind: samples of one kind are alike to <paramref name="difference"/>.</param>
    /// <param name="kinds">How many kinds there are.</param>
    /// <param name="difference">Given the number of samples of each kind.</param>
    /// <param name="seed">Of the resamples.</param>
    /// <param name="resamples">How many.</param>
    static Interval Of(int[] kindOf, int kinds, Func<int[], double> difference, long seed, int resamples)
    {
        var random = RandomStream.Managed(seed, "bootstrap");
        var differences = new double[resamples];
        var counts = new int[kinds];
        for (int i = 0; i < resamples; i++)
        {
            Array.Clear(counts);
            for (int s = 0; s < kindOf.Length; s++) counts[kindOf[random.Next(kindOf.Length)]]++;
            differences[i] = difference(counts);
        }
        Array.Clear(counts);
        foreach (int kind in kindOf) counts[kind]++;
        return new Interval(difference(counts), differences.Quantile(0.025), differences.Quantile(0.975));
    }

    /// <summary>Samples that every attack on either rule leaves or breaks alike: a few dozen kinds stand for ten thousand samples.</summary>
    /// <returns>Per sample, its kind; per attack, per kind, whether right.</returns>
    static (int[] KindOf, bool[][] First, bool[][] Second) Kinds(IReadOnlyList<bool[]> first, IReadOnlyList<bool[]> second)
    {
        var numbers = new Dictionary<string, int>();
        var examples = new List<int>();
        var kindOf = new int[first[0].Length];
        for (int s = 0; s < kindOf.Length; s++)
        {
            string kind = string.Create(first.Count + second.Count, s, (text, sample) =>
            {
                for (int a = 0; a < text.Length; a++) text[a] = (a < first.Count ? first[a] : second[a - first.Count])[sample] ? '1' : '0';
            });
            if (numbers.TryAdd(kind, examples.Count)) examples.Add(s);
            kindOf[s] = numbers[kind];
        }
        return (kindOf, OfExamples(first), OfExamples(second));

        bool[][] OfExamples(IReadOnlyList<bool[]> outcomes) => [.. outcomes.Select(right => examples.Select(s => right[s]).ToArray())];
    }

    static void CheckPaired(int samples, int others)
    {
        if (samples == 0 || samples != others) throw new ArgumentException($"a paired bootstrap needs the same samples on both sides, got {samples} and {others}");
    }

    static long Worst(bool[][] outcomes, int[] counts)
    {
        long worst = long.MaxValue;
        foreach (var right in outcomes)
        {
            long sum = 0;
            for (int kind = 0; kind < counts.Length; kind++) sum += right[kind] ? counts[kind] : 0;
            worst = Math.Min(worst, sum);
        }
        return worst;
    }
}
