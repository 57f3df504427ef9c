using MathNet.Numerics.Statistics;
using RobustInference.Evaluation;
using RobustInference.Numerics;

namespace Workbook.Benchmarks;

/// <summary>An interval of 10,000 samples: numbers of samples of each kind drawn, against the samples
/// themselves.</summary>
public static class BootstrapBenchmark
{
    const int Samples = 10_000,
        Resamples = 2000,
        Rounds = 3;

    public static IReadOnlyList<BenchmarkRow> Run()
    {
        var random = RandomStream.Managed(0, "bench-bootstrap");
        var rows = new List<BenchmarkRow>();
        foreach (int attacks in new[] { 1, 6 })
        {
            bool[][] first = Outcomes(attacks, 0.4),
                second = Outcomes(attacks, 0.35);
            double[] seconds = InterleavedTimer.Seconds(
                Rounds,
                () => Plain(first, second),
                () => PairedBootstrap.OfWorstCase(first, second, 0, Resamples)
            );
            string of = $"{attacks} attack{(attacks == 1 ? "" : "s")}";
            rows.Add(new($"{of}, samples drawn", 1000 * seconds[0], "ms"));
            rows.Add(new($"{of}, kinds drawn", 1000 * seconds[1], "ms"));
            rows.Add(new($"{of}, ratio", seconds[0] / seconds[1], "x"));
        }
        return rows;

        bool[][] Outcomes(int attacks, double share) =>
            [
                .. Enumerable
                    .Range(0, attacks)
                    .Select(_ => Enumerable.Range(0, Samples).Select(_ => random.NextDouble() < share).ToArray()),
            ];
    }

    /// <summary>The textbook's way.</summary>
    /// <param name="first">Per attack, per sample, whether right.</param>
    /// <param name="second">The same for the other rule.</param>
    /// <param name="resamples">How many.</param>
    public static Interval Plain(bool[][] first, bool[][] second, int resamples = Resamples)
    {
        int samples = first[0].Length;
        var random = RandomStream.Managed(0, "plain-bootstrap");
        var drawn = new int[samples];
        var differences = new double[resamples];
        for (int i = 0; i < resamples; i++)
        {
            for (int s = 0; s < samples; s++)
                drawn[s] = random.Next(samples);
            differences[i] = Worst(first) - Worst(second);
        }
        for (int s = 0; s < samples; s++)
            drawn[s] = s;
        return new(Worst(first) - Worst(second), differences.Quantile(0.025), differences.Quantile(0.975));

        double Worst(bool[][] outcomes) => outcomes.Min(right => drawn.Count(s => right[s])) / (double)samples;
    }
}
