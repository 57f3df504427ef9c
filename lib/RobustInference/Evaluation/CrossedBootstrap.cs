using MathNet.Numerics.Statistics;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Evaluation;

/// <summary>Percentile bootstrap of a mean over ensembles: ensembles are drawn with replacement, in each of them draws
/// of the corrupted clients, and across all of them test samples, since they answer the same ones (the pigeonhole
/// bootstrap: Owen, 2007). The seed of the training is not drawn.</summary>
/// <remarks>
/// <para>With few ensembles the interval is too short rather than too long (Davison and Hinkley, 1997).</para>
/// <para>All figures of one object see the same resamples; it keeps them, two bytes for each sample of each.</para>
/// </remarks>
/// <param name="seed">Random seed of the resamples.</param>
/// <param name="resamples">How many.</param>
public sealed class CrossedBootstrap(long seed = 0, int resamples = 2000) : IDisposable
{
    // Resamples whose samples are drawn, or counted, at once: a few megabytes.
    const int AtOnce = 100;

    readonly int resamples = Argument.AtLeast(resamples, 1);
    readonly Dictionary<int, Tensor> drawn = [];

    /// <summary>The interval of the mean worst case: in every resample each ensemble and draw meets its own worst
    /// attack.</summary>
    /// <param name="outcomes">Per ensemble, per draw, per attack, per sample, whether right. One list of attacks that
    /// holds the samples without corruption gives the interval of the clean accuracy. Ensembles with as many samples
    /// are taken to answer the same ones in the same order.</param>
    /// <returns>The mean worst case, 0…1, with its interval.</returns>
    /// <exception cref="ArgumentException">No ensembles, draws, attacks or samples, or attacks on different
    /// samples.</exception>
    public Interval OfWorstCase(IReadOnlyList<IReadOnlyList<IReadOnlyList<bool[]>>> outcomes)
    {
        if (outcomes.Count == 0 || outcomes.Any(draws => draws.Count == 0))
            throw new ArgumentException("a bootstrap over ensembles needs an ensemble, and a draw in each");
        foreach (var attacks in outcomes.SelectMany(draws => draws))
            if (attacks.Count == 0 || attacks[0].Length == 0 || attacks.Any(right => right.Length != attacks[0].Length))
                throw new ArgumentException(
                    "an ensemble's draw needs an attack, and each the same samples, at least one"
                );
        double[][][] worst = [.. outcomes.Select(draws => draws.Select(ResampledWorst).ToArray())];
        var random = RandomStream.Managed(seed, "crossed-bootstrap");
        var means = new double[resamples];
        for (int i = 0; i < resamples; i++)
        for (int e = 0; e < worst.Length; e++)
        {
            double[][] draws = worst[random.Next(worst.Length)];
            for (int d = 0; d < draws.Length; d++)
                means[i] += draws[random.Next(draws.Length)][i] / draws.Length / worst.Length;
        }
        double mean = outcomes.Average(draws => draws.Average(attacks => attacks.Min(RobustnessReport.Accuracy)));
        return new Interval(mean, means.Quantile(0.025), means.Quantile(0.975));
    }

    public void Dispose()
    {
        foreach (var counts in drawn.Values)
            counts.Dispose();
        drawn.Clear();
    }

    /// <summary>The accuracy under the worst attack on every resample of the samples.</summary>
    double[] ResampledWorst(IReadOnlyList<bool[]> attacks)
    {
        TorchThreads.One();
        using var scope = NewDisposeScope();
        int samples = attacks[0].Length;
        var counts = Counts(samples);
        var right = stack(attacks.Select(outcomes => tensor(outcomes)), dim: 1).to(ScalarType.Float32);
        var parts = new List<Tensor>();
        for (int from = 0; from < resamples; from += AtOnce)
        {
            using var part = NewDisposeScope();
            // Whole numbers up to the number of samples: exact in float32.
            var some = counts.narrow(0, from, Math.Min(AtOnce, resamples - from)).to(ScalarType.Float32);
            parts.Add(some.mm(right).amin([1L]).MoveToOuterDisposeScope());
        }
        return (cat(parts).to(ScalarType.Float64) / samples).data<double>().ToArray();
    }

    /// <summary>How often each sample is in each resample.</summary>
    /// <returns>[resamples, samples] int16.</returns>
    Tensor Counts(int samples)
    {
        if (drawn.TryGetValue(samples, out var known))
            return known;
        using var scope = NewDisposeScope();
        using var generator = RandomStream.Torch(seed, "crossed-bootstrap", samples);
        var counts = zeros(resamples, samples, ScalarType.Int16);
        var once = ones(1, 1, ScalarType.Int16);
        for (int from = 0; from < resamples; from += AtOnce)
        {
            using var part = NewDisposeScope();
            long rows = Math.Min(AtOnce, resamples - from);
            var places = randint(0, samples, [rows, samples], dtype: ScalarType.Int64, generator: generator);
            counts.narrow(0, from, rows).scatter_add_(1, places, once.expand(rows, samples));
        }
        return drawn[samples] = counts.DetachFromDisposeScope();
    }
}
