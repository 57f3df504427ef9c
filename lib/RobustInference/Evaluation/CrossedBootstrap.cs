using MathNet.Numerics.Statistics;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Evaluation;

/// <summary>Percentile bootstrap of a mean over ensembles: ensembles are drawn with replacement, in each of them draws
/// of the corrupted clients, and across all of them test samples, since they answer the same ones (the pigeonhole
/// bootstrap: Owen, 2007). The seed of the training is not drawn.</summary>
/// <remarks>Where a few ensembles differ much, the interval is too short (Davison and Hinkley, 1997); where they hardly
/// differ and are right on other samples, it is too long, by up to 1.7 times, with draws of the corrupted clients 2.6
/// (Owen, 2007). Outcomes of as many samples are taken to be of the same ones, in the same order. One object is for one
/// thread.</remarks>
/// <param name="seed">Random seed of the resamples.</param>
/// <param name="resamples">How many.</param>
public sealed class CrossedBootstrap(long seed = 0, int resamples = 2000) : IDisposable
{
    // With so many kinds of samples or fewer, kinds are drawn; with more, samples.
    const int MostKinds = 256;

    // Numbers of samples that are drawn at once, and that are kept for the next figure.
    const int AtOnce = 1 << 20,
        MostKept = 1 << 25;

    readonly int resamples = Argument.AtLeast(resamples, 1);
    readonly Dictionary<int, Tensor> kept = [];

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
        var worst = outcomes
            .SelectMany(draws => draws)
            .Distinct()
            .GroupBy(attacks => attacks[0].Length)
            .SelectMany(alike => ResampledWorst([.. alike]))
            .ToDictionary();
        var random = RandomStream.Managed(seed, "crossed-bootstrap");
        var means = new double[resamples];
        for (int i = 0; i < resamples; i++)
        for (int e = 0; e < outcomes.Count; e++)
        {
            var draws = outcomes[random.Next(outcomes.Count)];
            for (int d = 0; d < draws.Count; d++)
                means[i] += worst[draws[random.Next(draws.Count)]][i] / draws.Count / outcomes.Count;
        }
        double mean = outcomes.Average(draws => draws.Average(attacks => attacks.Min(RobustnessReport.Accuracy)));
        return new Interval(mean, means.Quantile(0.025), means.Quantile(0.975));
    }

    public void Dispose()
    {
        foreach (var counts in kept.Values)
            counts.Dispose();
        kept.Clear();
    }

    /// <summary>The accuracy under each one's worst attack on every resample of the samples that they share.</summary>
    IEnumerable<KeyValuePair<IReadOnlyList<bool[]>, double[]>> ResampledWorst(IReadOnlyList<bool[]>[] alike)
    {
        TorchThreads.One();
        using var scope = NewDisposeScope();
        bool[][] columns = [.. alike.SelectMany(attacks => attacks)];
        int samples = columns[0].Length;
        using var generator = RandomStream.Torch(seed, "crossed-bootstrap", samples);
        var right = Kinds(columns) is { } kinds
            ? RightOfKinds(columns, kinds, generator)
            : RightOfSamples(columns, Counts(samples, generator));
        var worst = new List<KeyValuePair<IReadOnlyList<bool[]>, double[]>>();
        int column = 0;
        foreach (var attacks in alike)
        {
            using var own = right.narrow(0, column, attacks.Count).amin([0L]) / samples;
            worst.Add(new(attacks, own.data<double>().ToArray()));
            column += attacks.Count;
        }
        return worst;
    }

    /// <summary>Samples that are right in the same columns are of one kind.</summary>
    /// <returns>For every kind the first sample and how many there are; null for more than
    /// <see cref="MostKinds"/>.</returns>
    static (int First, int Count)[]? Kinds(bool[][] columns)
    {
        var kinds = new int[columns[0].Length];
        int count = 1;
        foreach (bool[] column in columns)
        {
            var finer = new Dictionary<int, int>();
            for (int s = 0; s < kinds.Length; s++)
            {
                int key = 2 * kinds[s] + (column[s] ? 1 : 0);
                if (!finer.TryGetValue(key, out kinds[s]))
                    finer[key] = kinds[s] = finer.Count;
            }
            count = finer.Count;
            if (count > MostKinds)
                return null;
        }
        var found = new (int First, int Count)[count];
        for (int s = kinds.Length - 1; s >= 0; s--)
            found[kinds[s]] = (s, found[kinds[s]].Count + 1);
        return found;
    }

    /// <returns>[columns, resamples] float64: how many samples of each resample are right.</returns>
    Tensor RightOfKinds(bool[][] columns, (int First, int Count)[] kinds, Generator generator)
    {
        var right = zeros(columns.Length, resamples, ScalarType.Float64);
        Multinomial.Draw(
            [.. kinds.Select(kind => kind.Count)],
            generator,
            resamples,
            (kind, drawn) =>
            {
                for (int c = 0; c < columns.Length; c++)
                    if (columns[c][kinds[kind].First])
                        right[c].add_(drawn);
            }
        );
        return right;
    }

    /// <param name="columns">Whether right.</param>
    /// <param name="counts">How often each sample is in each resample, resample after resample.</param>
    /// <returns>[columns, resamples] float64: how many samples of each resample are right.</returns>
    static Tensor RightOfSamples(bool[][] columns, IEnumerable<Tensor> counts)
    {
        using var scope = NewDisposeScope();
        var right = stack(columns.Select(column => tensor(column)), dim: 1).to(ScalarType.Float32);
        var parts = new List<Tensor>();
        foreach (var some in counts)
        {
            using var own = some;
            using var part = NewDisposeScope();
            // Whole numbers up to the number of samples: exact in float32 up to 2²⁴ of them.
            parts.Add(some.to(ScalarType.Float32).mm(right).to(ScalarType.Float64).MoveToOuterDisposeScope());
        }
        return cat(parts).t().contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>How often each sample is in each resample, part by part; kept where that is not too much.</summary>
    /// <returns>[some resamples, samples] int16.</returns>
    IEnumerable<Tensor> Counts(int samples, Generator generator)
    {
        long rows = Math.Clamp(AtOnce / samples, 1, resamples);
        if (kept.TryGetValue(samples, out var known))
            return known.split(rows);
        var parts = Enumerable
            .Range(0, (int)((resamples + rows - 1) / rows))
            .Select(part => Drawn(Math.Min(rows, resamples - part * rows), samples, generator));
        if ((long)samples * resamples > MostKept)
            return parts;
        return (kept[samples] = Joined(parts)).split(rows);
    }

    static Tensor Joined(IEnumerable<Tensor> parts)
    {
        using var scope = NewDisposeScope();
        return cat([.. parts]).DetachFromDisposeScope();
    }

    static Tensor Drawn(long rows, int samples, Generator generator)
    {
        using var scope = NewDisposeScope();
        var places = randint(0, samples, [rows, samples], dtype: ScalarType.Int64, generator: generator);
        return zeros(rows, samples, ScalarType.Int16)
            .scatter_add_(1, places, ones(1, 1, ScalarType.Int16).expand(rows, samples))
            .MoveToOuterDisposeScope();
    }
}
