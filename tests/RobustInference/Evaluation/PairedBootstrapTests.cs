using RobustInference.Evaluation;
using Workbook.Benchmarks;

namespace Tests.RobustInference.Evaluation;

public class PairedBootstrapTests
{
    static bool[] Coin(Random random, int samples, double share) =>
        [.. Enumerable.Range(0, samples).Select(_ => random.NextDouble() < share)];

    [Fact]
    public void Equal_rules_differ_by_nothing()
    {
        var random = new Random(1);
        bool[][] outcomes = [Coin(random, 500, 0.6), Coin(random, 500, 0.7)];
        Assert.Equal(new Interval(0, 0, 0), PairedBootstrap.OfWorstCase(outcomes, outcomes));
    }

    [Fact]
    public void Who_is_better_has_the_sign()
    {
        var random = new Random(2);
        bool[][] better = [Coin(random, 1000, 0.8)],
            worse = [Coin(random, 1000, 0.5), Coin(random, 1000, 0.9)];
        var gain = PairedBootstrap.OfWorstCase(better, worse);
        Assert.True(
            0.2 < gain.Low && gain.Low < gain.Difference && gain.Difference < gain.High && gain.High < 0.4,
            $"{gain}"
        );
        var loss = PairedBootstrap.OfWorstCase(worse, better);
        Assert.Equal(
            (-gain.Difference, -gain.High, -gain.Low),
            (loss.Difference, loss.Low, loss.High),
            (a, b) =>
                Math.Abs(a.Item1 - b.Item1) < 1e-12
                && Math.Abs(a.Item2 - b.Item2) < 1e-3
                && Math.Abs(a.Item3 - b.Item3) < 1e-3
        );
    }

    // A difference of two independent shares has the variance p(1−p)/S + q(1−q)/S: the interval is ±1.96 of its root.
    [Fact]
    public void The_interval_is_as_wide_as_the_normal_approximation_has_it()
    {
        var random = new Random(3);
        var gain = PairedBootstrap.OfWorstCase([Coin(random, 2000, 0.7)], [Coin(random, 2000, 0.6)]);
        double expected = 2 * 1.96 * Math.Sqrt((0.21 + 0.24) / 2000);
        Assert.InRange(gain.High - gain.Low, 0.85 * expected, 1.15 * expected);
    }

    [Fact]
    public void It_covers_a_known_difference_about_as_often_as_it_says()
    {
        var random = new Random(4);
        int covered = 0;
        for (int trial = 0; trial < 100; trial++)
        {
            // Paired: the second rule is right on 10 points less, always among those of the first.
            double[] draws = [.. Enumerable.Range(0, 400).Select(_ => random.NextDouble())];
            var gain = PairedBootstrap.OfWorstCase(
                [
                    [.. draws.Select(u => u < 0.7)],
                ],
                [
                    [.. draws.Select(u => u < 0.6)],
                ],
                trial,
                resamples: 400
            );
            if (gain.Low <= 0.1 && 0.1 <= gain.High)
                covered++;
        }
        // 95 % ± 4 standard deviations.
        Assert.InRange(covered, 86, 100);
    }

    [Fact]
    public void Pairing_makes_the_interval_of_rules_that_err_together_narrow()
    {
        var random = new Random(5);
        bool[] first = Coin(random, 1000, 0.6),
            together = [.. first],
            apart = Coin(random, 1000, 0.6);
        for (int s = 0; s < 10; s++)
            together[s] = !together[s];
        var narrow = PairedBootstrap.OfWorstCase([first], [together]);
        var wide = PairedBootstrap.OfWorstCase([first], [apart]);
        Assert.True(narrow.High - narrow.Low < 0.5 * (wide.High - wide.Low));
    }

    [Fact]
    public void The_same_seed_gives_the_same_interval()
    {
        var random = new Random(6);
        bool[][] a = [Coin(random, 200, 0.6)],
            b = [Coin(random, 200, 0.5)];
        Assert.Equal(PairedBootstrap.OfWorstCase(a, b, 3), PairedBootstrap.OfWorstCase(a, b, 3));
        Assert.NotEqual(PairedBootstrap.OfWorstCase(a, b, 3), PairedBootstrap.OfWorstCase(a, b, 4));
    }

    [Fact]
    public void Accuracies_are_a_worst_case_over_one_attack()
    {
        var random = new Random(7);
        bool[] first = Coin(random, 300, 0.7),
            second = Coin(random, 300, 0.6);
        Assert.Equal(PairedBootstrap.OfWorstCase([first], [second]), PairedBootstrap.OfAccuracy(first, second));
    }

    [Fact]
    public void Means_of_zeros_and_ones_are_accuracies()
    {
        var random = new Random(8);
        bool[] first = Coin(random, 300, 0.7),
            second = Coin(random, 300, 0.6);
        double[] Numbers(bool[] right) => [.. right.Select(r => r ? 1.0 : 0)];
        Interval accuracy = PairedBootstrap.OfAccuracy(first, second),
            mean = PairedBootstrap.OfMean(Numbers(first), Numbers(second));
        Assert.Equal(accuracy.Difference, mean.Difference, 1e-12);
        Assert.Equal(
            (accuracy.Low, accuracy.High),
            (mean.Low, mean.High),
            // Other kinds of samples, so other draws: two and a half samples of 300.
            (a, b) => Math.Abs(a.Low - b.Low) < 0.0084 && Math.Abs(a.High - b.High) < 0.0084
        );
    }

    // A mean of S numbers with deviation d has the deviation d/√S.
    [Fact]
    public void The_interval_of_a_mean_is_as_wide_as_the_normal_approximation_has_it()
    {
        var random = new Random(9);
        double[] first = [.. Enumerable.Range(0, 2000).Select(_ => 4 * random.NextDouble())],
            second = [.. Enumerable.Range(0, 2000).Select(_ => 4 * random.NextDouble())];
        var gain = PairedBootstrap.OfMean(first, second);
        double expected = 2 * 1.96 * Math.Sqrt(2 * 16 / 12.0 / 2000);
        Assert.InRange(gain.High - gain.Low, 0.85 * expected, 1.15 * expected);
        Assert.InRange(gain.Difference, -0.2, 0.2);
    }

    [Fact]
    public void Drawing_kinds_of_samples_is_drawing_samples()
    {
        var random = new Random(10);
        bool[][] first = [Coin(random, 400, 0.5), Coin(random, 400, 0.55), Coin(random, 400, 0.5)],
            second = [Coin(random, 400, 0.4), Coin(random, 400, 0.45)];
        Interval plain = BootstrapBenchmark.Plain(first, second, 20_000),
            kinds = PairedBootstrap.OfWorstCase(first, second, 1, 20_000);
        Assert.Equal(plain.Difference, kinds.Difference, 1e-12);
        // A sample of 400 is 0.0025; a quantile of 20,000 draws of deviation 0.03 is off by some 0.0006.
        Assert.Equal(plain.Low, kinds.Low, 0.0026);
        Assert.Equal(plain.High, kinds.High, 0.0026);
    }

    [Fact]
    public void Other_samples_on_the_other_side_are_refused()
    {
        Assert.Throws<ArgumentException>(() => PairedBootstrap.OfAccuracy([true, false], [true]));
        Assert.Throws<ArgumentException>(() =>
            PairedBootstrap.OfWorstCase(
                [
                    [true, false],
                    [true],
                ],
                [
                    [true, false],
                ]
            )
        );
        Assert.Throws<ArgumentException>(() => PairedBootstrap.OfMean([], []));
    }
}
