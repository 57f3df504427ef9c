using MathNet.Numerics.Statistics;
using RobustInference.Numerics;
using static TorchSharp.torch;

namespace RobustInference.Evaluation;

/// <summary>Percentile bootstrap of a mean over ensembles: ensembles are drawn with replacement, in each of them draws
/// of the corrupted clients, in each of those test samples. The seed of the training is not drawn.</summary>
/// <remarks>With few ensembles the interval is too short rather than too long (Davison and Hinkley, 1997).</remarks>
public static class NestedBootstrap
{
    // So many attacks that a pattern of outcomes has a bit each.
    const int MostAttacks = 20;

    /// <summary>The interval of the mean worst case: in every resample each ensemble and draw meets its own worst
    /// attack.</summary>
    /// <param name="outcomes">Per ensemble, per draw, per attack, per sample, whether right. One list of attacks that
    /// holds the samples without corruption gives the interval of the clean accuracy.</param>
    /// <param name="seed">Random seed of the resamples.</param>
    /// <param name="resamples">How many.</param>
    /// <returns>The mean worst case, 0…1, with its interval.</returns>
    /// <exception cref="ArgumentException">No ensembles, draws, attacks or samples, or attacks on different
    /// samples.</exception>
    public static Interval OfWorstCase(
        IReadOnlyList<IReadOnlyList<IReadOnlyList<bool[]>>> outcomes,
        long seed = 0,
        int resamples = 2000
    )
    {
        if (outcomes.Count == 0 || outcomes.Any(draws => draws.Count == 0))
            throw new ArgumentException("a nested bootstrap needs an ensemble, and a draw in each");
        Patterns[][] patterns = [.. outcomes.Select(draws => draws.Select(attacks => new Patterns(attacks)).ToArray())];
        // Who is drawn in which resample comes first, so that the samples of one ensemble and draw are resampled at
        // once.
        var random = RandomStream.Managed(seed, "nested-bootstrap");
        var shares = patterns.SelectMany(draws => draws).ToDictionary(draw => draw, _ => new List<(int, double)>());
        for (int i = 0; i < resamples; i++)
        for (int e = 0; e < patterns.Length; e++)
        {
            var draws = patterns[random.Next(patterns.Length)];
            for (int d = 0; d < draws.Length; d++)
                shares[draws[random.Next(draws.Length)]].Add((i, 1.0 / draws.Length / patterns.Length));
        }
        var means = new double[resamples];
        using var generator = RandomStream.Torch(seed, "nested-bootstrap");
        foreach (var draw in patterns.SelectMany(draws => draws))
        foreach (var ((resample, share), worst) in shares[draw].Zip(draw.ResampledWorst(shares[draw].Count, generator)))
            means[resample] += share * worst;
        double mean = patterns.Average(draws => draws.Average(draw => draw.Worst));
        return new Interval(mean, means.Quantile(0.025), means.Quantile(0.975));
    }

    /// <summary>How often each pattern of right and wrong comes up among the samples: all that a resample needs.
    /// </summary>
    sealed class Patterns
    {
        readonly int attacks,
            samples;
        readonly int[] masks,
            counts;

        public Patterns(IReadOnlyList<bool[]> outcomes)
        {
            if (outcomes.Count is 0 or > MostAttacks)
                throw new ArgumentException($"{outcomes.Count} attacks; wanted 1 to {MostAttacks}");
            (attacks, samples) = (outcomes.Count, outcomes[0].Length);
            if (samples == 0 || outcomes.Any(right => right.Length != samples))
                throw new ArgumentException("every attack needs the same samples, at least one");
            var seen = new SortedDictionary<int, int>();
            for (int s = 0; s < samples; s++)
            {
                int mask = 0;
                for (int a = 0; a < attacks; a++)
                    mask |= outcomes[a][s] ? 1 << a : 0;
                seen[mask] = seen.GetValueOrDefault(mask) + 1;
            }
            (masks, counts) = ([.. seen.Keys], [.. seen.Values]);
            Worst = WorstOf(counts);
        }

        public double Worst { get; }

        /// <summary>Of as many samples drawn with replacement, so many times: multinomial draws of the
        /// patterns.</summary>
        public double[] ResampledWorst(int times, Generator generator)
        {
            if (times == 0)
                return [];
            using var scope = NewDisposeScope();
            var right = zeros(attacks, times, ScalarType.Float64);
            Multinomial.Draw(
                counts,
                generator,
                times,
                (pattern, drawn) =>
                {
                    for (int a = 0; a < attacks; a++)
                        if ((masks[pattern] >> a & 1) != 0)
                            right[a].add_(drawn);
                }
            );
            return (right.amin([0L]) / samples).data<double>().ToArray();
        }

        double WorstOf(int[] weights)
        {
            Span<int> right = stackalloc int[MostAttacks];
            for (int p = 0; p < masks.Length; p++)
            for (int a = 0; a < attacks; a++)
                if ((masks[p] >> a & 1) != 0)
                    right[a] += weights[p];
            int worst = samples;
            for (int a = 0; a < attacks; a++)
                worst = Math.Min(worst, right[a]);
            return (double)worst / samples;
        }
    }
}
