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
    public static Interval OfWorstCase(IReadOnlyList<bool[]> first, IReadOnlyList<bool[]> second, long seed = 0, int resamples = 2000)
    {
        int samples = first[0].Length;
        var random = RandomStream.Managed(seed, "bootstrap");
        var differences = new double[resamples];
        var counts = new int[samples];
        for (int i = 0; i < resamples; i++)
        {
            Array.Clear(counts);
            for (int s = 0; s < samples; s++) counts[random.Next(samples)]++;
            differences[i] = Worst(first, counts) - Worst(second, counts);
        }
        Array.Fill(counts, 1);
        return new Interval(Worst(first, counts) - Worst(second, counts), differences.Quantile(0.025), differences.Quantile(0.975));
    }

    static double Worst(IReadOnlyList<bool[]> outcomes, int[] counts)
    {
        long worst = long.MaxValue;
        foreach (var right in outcomes)
        {
            long sum = 0;
            for (int s = 0; s < counts.Length; s++) if (right[s]) sum += counts[s];
            worst = Math.Min(worst, sum);
        }
        return (double)worst / counts.Length;
    }
}
