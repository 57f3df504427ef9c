using MathNet.Numerics.Statistics;
using RobustInference.Numerics;

namespace RobustInference.Evaluation;

/// <summary>Percentile bootstrap over test samples, both rules on the same resamples (Efron and Tibshirani,
/// 1993).</summary>
public static class PairedBootstrap
{
    /// <summary>The interval of the difference in worst-case accuracy; in each resample every rule meets its own worst
    /// attack.</summary>
    /// <param name="first">Per attack, per sample, whether right.</param>
    /// <param name="second">The same for the other rule.</param>
    /// <param name="seed">Random seed of the resamples.</param>
    /// <param name="resamples">How many.</param>
    /// <exception cref="ArgumentException">Different numbers of samples, or none.</exception>
    public static Interval OfWorstCase(
        IReadOnlyList<bool[]> first,
        IReadOnlyList<bool[]> second,
        long seed = 0,
        int resamples = 2000
    )
    {
        int samples = first[0].Length;
        foreach (var outcomes in first.Concat(second))
            CheckPaired(samples, outcomes.Length);
        return Of(samples, counts => Worst(first, counts) - Worst(second, counts), seed, resamples);
    }

    /// <summary>The interval of the difference in accuracy: clean, certified, surviving, whatever the samples were
    /// counted for.</summary>
    /// <param name="first">Per sample, whether it counts for the first.</param>
    /// <param name="second">The same samples, for the second.</param>
    /// <param name="seed">Random seed of the resamples.</param>
    /// <param name="resamples">How many.</param>
    /// <exception cref="ArgumentException">Different numbers of samples, or none.</exception>
    public static Interval OfAccuracy(bool[] first, bool[] second, long seed = 0, int resamples = 2000) =>
        OfWorstCase([first], [second], seed, resamples);

    /// <summary>The interval of the difference of two means, for figures that are not only right or wrong, such as a
    /// certified radius or a share of twenty draws.</summary>
    /// <param name="first">Per sample, a number.</param>
    /// <param name="second">The same samples, the number to compare with.</param>
    /// <param name="seed">Random seed of the resamples.</param>
    /// <param name="resamples">How many.</param>
    /// <exception cref="ArgumentException">Different numbers of samples, or none.</exception>
    public static Interval OfMean(
        IReadOnlyList<double> first,
        IReadOnlyList<double> second,
        long seed = 0,
        int resamples = 2000
    )
    {
        CheckPaired(first.Count, second.Count);
        double[] differences = [.. first.Zip(second, (a, b) => a - b)];
        return Of(
            differences.Length,
            counts =>
            {
                double sum = 0;
                for (int s = 0; s < counts.Length; s++)
                    sum += counts[s] * differences[s];
                return sum / counts.Length;
            },
            seed,
            resamples
        );
    }

    static Interval Of(int samples, Func<int[], double> difference, long seed, int resamples)
    {
        var random = RandomStream.Managed(seed, "bootstrap");
        var differences = new double[resamples];
        var counts = new int[samples];
        for (int i = 0; i < resamples; i++)
        {
            Array.Clear(counts);
            for (int s = 0; s < samples; s++)
                counts[random.Next(samples)]++;
            differences[i] = difference(counts);
        }
        Array.Fill(counts, 1);
        return new Interval(difference(counts), differences.Quantile(0.025), differences.Quantile(0.975));
    }

    static void CheckPaired(int samples, int others)
    {
        if (samples == 0 || samples != others)
            throw new ArgumentException(
                $"a paired bootstrap needs the same samples on both sides, got {samples} and {others}"
            );
    }

    static double Worst(IReadOnlyList<bool[]> outcomes, int[] counts)
    {
        long worst = long.MaxValue;
        foreach (var right in outcomes)
        {
            long sum = 0;
            // A true is a 1 in memory: no branch to guess wrongly, half of the time.
            var ones = System.Runtime.InteropServices.MemoryMarshal.AsBytes<bool>(right);
            for (int s = 0; s < counts.Length; s++)
                sum += counts[s] * ones[s];
            worst = Math.Min(worst, sum);
        }
        return (double)worst / counts.Length;
    }
}
