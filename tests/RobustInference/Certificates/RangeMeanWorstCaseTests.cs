using CsCheck;
using RobustInference.Aggregators;
using RobustInference.Certificates;
using RobustInference.Probits;

namespace Tests.RobustInference.Certificates;

/// <summary>Against enumeration in plain loops: every set of f rows, every target, the definition of the
/// rule.</summary>
public class RangeMeanWorstCaseTests
{
    const double Rounding = 1e-12;

    /// <summary>Any range of order statistics, also such as no rule has.</summary>
    sealed record Range(int DroppedLow, int DroppedHigh) : IRangeMean
    {
        public (int From, int To) Kept(int clients) => (DroppedLow, clients - DroppedHigh);
    }

    static double Score(IEnumerable<double> column, Range range) =>
        column.Order().Skip(range.DroppedLow).SkipLast(range.DroppedHigh).Average();

    /// <summary>The least margin when the rows of <paramref name="liars"/> are one-hot of one target.</summary>
    static double LeastOverTargets(ProbitSet answers, int sample, Range range, int[] liars)
    {
        var rows = answers.Probits[sample];
        int n = answers.Clients,
            label = (int)answers.Labels[sample].item<long>();
        double[,] values = new double[n, answers.Classes];
        float[] raw = rows.contiguous().data<float>().ToArray();
        for (int i = 0; i < n; i++)
        for (int k = 0; k < answers.Classes; k++)
            values[i, k] = raw[i * answers.Classes + k];
        double least = double.PositiveInfinity;
        for (int target = 0; target < answers.Classes; target++)
        {
            if (target == label)
                continue;
            double Column(int k) =>
                Score(
                    Enumerable.Range(0, n).Select(i => liars.Contains(i) ? (k == target ? 1 : 0) : values[i, k]),
                    range
                );
            least = Math.Min(least, Column(label) - Column(target));
        }
        return least;
    }

    static double[] Margins(ProbitSet answers, Range range, Adversary adversary, ThreatModel threat)
    {
        using var margins = new RangeMeanWorstCase(range).Margins(answers, adversary, threat);
        return margins.data<double>().ToArray();
    }

    static void Check(ProbitSet answers, Range range, int corrupted, long seed)
    {
        int n = answers.Clients;
        var threat = ThreatModel.Draw(n, corrupted, seed);
        double[] fixedSet = Margins(answers, range, Adversary.Fixed, threat),
            any = Margins(answers, range, Adversary.Any, threat);
        // What is certified is told without all margins, and is the same.
        Assert.Equal(
            any.Select(margin => margin > 0),
            new RangeMeanWorstCase(range).Certified(answers, Adversary.Any, threat)
        );
        Assert.Equal(
            fixedSet.Select(margin => margin > 0),
            new RangeMeanWorstCase(range).Certified(answers, Adversary.Fixed, threat)
        );
        for (int s = 0; s < answers.Samples; s++)
        {
            Assert.Equal(LeastOverTargets(answers, s, range, [.. threat.Corrupted]), fixedSet[s], Rounding);
            double expected = Ensembles.Sets(n, corrupted).Min(liars => LeastOverTargets(answers, s, range, liars));
            Assert.True(
                Math.Abs(expected - any[s]) <= Rounding,
                $"n = {n}, f = {corrupted}, {range}, sample {s}: {any[s]}, by enumeration {expected}"
            );
        }
    }

    // Trims below, at and above f; zero is the plain mean.
    [Fact]
    public void Every_trim_on_both_sides_alike() =>
        Gen.Select(Gen.Int[3, 9], Gen.Int[2, 4], Gen.Int[0, 4], Gen.Int[0, 4], Gen.Bool, Gen.Long[0, 1 << 30])
            .Sample(
                (n, k, f, t, coarse, seed) =>
                {
                    int half = (n - 1) / 2;
                    using var answers = Ensembles.Draw(seed, 2, n, k, coarse);
                    Check(answers, new Range(Math.Min(t, half), Math.Min(t, half)), Math.Min(f, half), seed);
                },
                iter: 120
            );

    // The lower median of an even number of clients drops one more above than below.
    [Fact]
    public void Ranges_that_drop_more_on_one_side() =>
        Gen.Select(Gen.Int[3, 8], Gen.Int[2, 3], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 4], Gen.Long[0, 1 << 30])
            .Sample(
                (n, k, f, low, high, seed) =>
                {
                    int half = (n - 1) / 2;
                    low = Math.Min(low, half);
                    using var answers = Ensembles.Draw(seed, 2, n, k, coarse: seed % 2 == 0);
                    Check(
                        answers,
                        new Range(low, Math.Min(high, Math.Min(n - 1 - low, n / 2))),
                        Math.Min(f, half),
                        seed
                    );
                },
                iter: 120
            );

    // Twelve clients: the median is the mean of two, and one liar needs a choice of rows; f = 2 does not.
    [
        Theory,
        InlineData(12, 1, 5),
        InlineData(12, 2, 5),
        InlineData(12, 2, 4),
        InlineData(11, 2, 3),
        InlineData(11, 1, 5),
        InlineData(13, 6, 6),
        InlineData(13, 5, 2),
        InlineData(10, 4, 4)
    ]
    public void Larger_ensembles(int clients, int corrupted, int trim)
    {
        using var answers = Ensembles.Draw(clients + 100 * corrupted, 2, clients, 3);
        Check(answers, new Range(trim, trim), corrupted, 1);
    }

    // The paper's setting has n > 3f, where the closed form alone is only a bound.
    [Fact]
    public void With_seventeen_clients_and_four_liars()
    {
        using var answers = Ensembles.Draw(17, 1, 17, 2);
        Check(answers, new Range(4, 4), 4, 0);
        Check(answers, new Range(8, 8), 4, 0);
        Check(answers, new Range(0, 0), 4, 0);
    }

    // Honest (0.8, 0.2), (0.7, 0.3), (0.6, 0.4), label 0; two liars send (0, 1). Sorted: class 0 has 0, 0, 0.6, 0.7,
    // 0.8 and class 1 has 0.2, 0.3, 0.4, 1, 1.
    [Fact]
    public void A_fixed_set_by_hand()
    {
        using var answers = ProbitSet.FromProbits(
            "x",
            [0.8f, 0.2f, 0.9f, 0.1f, 0.7f, 0.3f, 0.6f, 0.4f, 0.5f, 0.5f],
            [1, 5, 2],
            [0]
        );
        var threat = new ThreatModel(5, [1, 4]);
        Assert.Equal((2.1 - 2.9) / 5, Margins(answers, new Range(0, 0), Adversary.Fixed, threat)[0], 1e-6);
        Assert.Equal(0.6 - 0.4, Margins(answers, new Range(2, 2), Adversary.Fixed, threat)[0], 1e-6);
        Assert.Equal(
            (0 + 0.6 + 0.7 - 0.3 - 0.4 - 1) / 3,
            Margins(answers, new Range(1, 1), Adversary.Fixed, threat)[0],
            1e-6
        );
    }

    // The same five: an adversary who may choose takes the two surest friends of class 0, and 0.7, 0.6, 0.5 against
    // 0.3, 0.4, 0.5 are left.
    [Fact]
    public void Any_set_by_hand()
    {
        using var answers = ProbitSet.FromProbits(
            "x",
            [0.8f, 0.2f, 0.9f, 0.1f, 0.7f, 0.3f, 0.6f, 0.4f, 0.5f, 0.5f],
            [1, 5, 2],
            [0]
        );
        var threat = new ThreatModel(5, [0, 1]);
        Assert.Equal((1.8 - 3.2) / 5, Margins(answers, new Range(0, 0), Adversary.Any, threat)[0], 1e-6);
        Assert.Equal(0.5 - 0.5, Margins(answers, new Range(2, 2), Adversary.Any, threat)[0]);
        Assert.Equal(
            (0 + 0.5 + 0.6 - 0.4 - 0.5 - 1) / 3,
            Margins(answers, new Range(1, 1), Adversary.Any, threat)[0],
            1e-6
        );
    }

    // Columns of equal values tie whatever the adversary does not change: the margin is 0 to the last bit, and a tie
    // counts as lost.
    [Fact]
    public void A_tie_is_a_tie_to_the_last_bit()
    {
        // Clients 0…3 answer (0.3, 0.3, 0.4) in float, so that sums round; 4…6 are one-hot of the label, and the three
        // liars of Fixed.
        float[] row = [0.3f, 0.3f, 0.4f];
        using var answers = ProbitSet.FromProbits(
            "x",
            [.. row, .. row, .. row, .. row, 1, 0, 0, 1, 0, 0, 1, 0, 0],
            [1, 7, 3],
            [0]
        );
        using var pair = ProbitSet.FromProbits(
            "x",
            [0.5f, 0.5f, 0.5f, 0.5f, 0.1f, 0.9f, 0.9f, 0.1f, 0.7f, 0.3f, 0.3f, 0.7f],
            [1, 6, 2],
            [0]
        );
        Assert.Equal(0, Margins(pair, new Range(0, 0), Adversary.Fixed, new ThreatModel(6, []))[0]);
        Assert.Equal(0, Margins(pair, new Range(1, 1), Adversary.Any, new ThreatModel(6, []))[0]);
        Assert.Equal(
            0.3f - 0.4f,
            Margins(answers, new Range(3, 3), Adversary.Fixed, new ThreatModel(7, [4, 5, 6]))[0],
            1e-7
        );
    }

    [Fact]
    public void Too_few_clients_for_the_range_are_refused()
    {
        using var answers = Ensembles.Draw(1, 2, 4, 3);
        Assert.Contains(
            "4 clients",
            Assert
                .Throws<ArgumentException>(() =>
                    Margins(answers, new Range(2, 2), Adversary.Any, new ThreatModel(4, [0]))
                )
                .Message
        );
    }

    [Fact]
    public void More_liars_never_help()
    {
        using var answers = Ensembles.Draw(2, 40, 11, 4);
        foreach (var range in new[] { new Range(0, 0), new Range(2, 2), new Range(4, 4), new Range(5, 5) })
        foreach (var adversary in Enum.GetValues<Adversary>())
        {
            double[][] perCount =
            [
                .. Enumerable.Range(0, 6).Select(f => Margins(answers, range, adversary, ThreatModel.Draw(11, f, 0))),
            ];
            for (int f = 1; f < 6; f++)
            for (int s = 0; s < 40; s++)
                Assert.True(perCount[f][s] <= perCount[f - 1][s] + Rounding);
        }
    }
}
