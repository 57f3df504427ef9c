using RobustInference.Evaluation;

namespace Tests.RobustInference.Evaluation;

public class CrossedBootstrapTests
{
    static readonly CrossedBootstrap Bootstrap = new();

    static bool[] Right(int samples, double share, int first = 0) =>
        [.. Enumerable.Range(0, samples).Select(s => (s + first) % samples < share * samples)];

    [Fact]
    public void Of_one_ensemble_and_one_attack_it_is_the_binomial_interval()
    {
        var interval = Bootstrap.OfWorstCase([
            [
                [Right(1000, 0.36)],
            ],
        ]);
        Assert.Equal(0.36, interval.Difference, 1e-12);
        double half = 1.96 * Math.Sqrt(0.36 * 0.64 / 1000);
        Assert.Equal(0.36 - half, interval.Low, 0.003);
        Assert.Equal(0.36 + half, interval.High, 0.003);
    }

    [Fact]
    public void Ensembles_that_differ_make_it_wider_than_samples_alone_do()
    {
        var alike = Bootstrap.OfWorstCase([
            [
                [Right(4000, 0.4)],
            ],
            [
                [Right(4000, 0.4)],
            ],
            [
                [Right(4000, 0.4)],
            ],
        ]);
        var unlike = Bootstrap.OfWorstCase([
            [
                [Right(4000, 0.3)],
            ],
            [
                [Right(4000, 0.4)],
            ],
            [
                [Right(4000, 0.5)],
            ],
        ]);
        Assert.Equal(alike.Difference, unlike.Difference, 1e-12);
        Assert.True(unlike.High - unlike.Low > 5 * (alike.High - alike.Low));
        var draws = Bootstrap.OfWorstCase([
            [
                [Right(4000, 0.3)],
                [Right(4000, 0.4)],
                [Right(4000, 0.5)],
            ],
        ]);
        Assert.True(draws.High - draws.Low > 5 * (alike.High - alike.Low));
    }

    [Fact]
    public void Samples_that_are_hard_for_every_ensemble_and_draw_do_not_average_out()
    {
        double Width(bool shared, bool ofDraws)
        {
            // The same samples are right everywhere, or others in each.
            bool[][] three = [.. Enumerable.Range(0, 3).Select(i => Right(1000, 0.36, shared ? 0 : 331 * i))];
            var interval = ofDraws
                ? Bootstrap.OfWorstCase([
                    [.. three.Select(outcomes => new[] { outcomes })],
                ])
                : Bootstrap.OfWorstCase([.. three.Select(outcomes => new[] { new[] { outcomes } })]);
            return interval.High - interval.Low;
        }
        double one = 2 * 1.96 * Math.Sqrt(0.36 * 0.64 / 1000);
        foreach (bool ofDraws in new[] { false, true })
        {
            Assert.Equal(one, Width(shared: true, ofDraws), 0.005);
            Assert.True(Width(shared: false, ofDraws) < 0.7 * one);
        }
    }

    [Fact]
    public void Ensembles_with_other_samples_have_resamples_of_their_own()
    {
        var interval = Bootstrap.OfWorstCase([
            [
                [Right(1000, 0.36)],
            ],
            [
                [Right(1100, 0.36)],
            ],
        ]);
        Assert.Equal(0.36, interval.Difference, 1e-12);
        double half = 1.96 * Math.Sqrt(0.36 * 0.64 / 1050);
        // Ensembles are drawn too: both, or one of them twice.
        Assert.Equal(2 * half * Math.Sqrt(0.75), interval.High - interval.Low, 0.005);
    }

    [Fact]
    public void The_worst_attack_counts_and_may_be_another_one_in_every_ensemble()
    {
        var interval = Bootstrap.OfWorstCase([
            [
                [Right(500, 0.2), Right(500, 0.6, first: 100)],
            ],
            [
                [Right(500, 0.8), Right(500, 0.4)],
            ],
        ]);
        Assert.Equal(0.3, interval.Difference, 1e-12);
        using var anew = new CrossedBootstrap();
        Assert.Equal(
            interval,
            anew.OfWorstCase([
                [
                    [Right(500, 0.2), Right(500, 0.6, first: 100)],
                ],
                [
                    [Right(500, 0.8), Right(500, 0.4)],
                ],
            ])
        );
    }

    /// <summary>Few samples have few kinds, more have many, and of most of them no resamples are kept.</summary>
    [Theory]
    [InlineData(200)]
    [InlineData(3000)]
    [InlineData(20_000)]
    public void However_many_samples_and_kinds_it_is_the_binomial_interval_and_the_same_again(int samples)
    {
        var random = new Random(5);
        bool[] Drawn(double share) => [.. Enumerable.Range(0, samples).Select(_ => random.NextDouble() < share)];
        bool[][] attacks = [Drawn(0.3), .. Enumerable.Range(0, 9).Select(_ => Drawn(0.8))];
        using var bootstrap = new CrossedBootstrap();
        var interval = bootstrap.OfWorstCase([
            [attacks],
        ]);
        double worst = attacks[0].Count(right => right) / (double)samples,
            half = 1.96 * Math.Sqrt(worst * (1 - worst) / samples);
        Assert.Equal(worst, interval.Difference, 1e-12);
        Assert.Equal(worst - half, interval.Low, half / 8);
        Assert.Equal(worst + half, interval.High, half / 8);
        Assert.Equal(
            interval,
            bootstrap.OfWorstCase([
                [attacks],
            ])
        );
    }

    [Fact]
    public void Nothing_to_draw_from_is_told()
    {
        Assert.Throws<ArgumentException>(() => Bootstrap.OfWorstCase([]));
        Assert.Throws<ArgumentException>(() =>
            Bootstrap.OfWorstCase([
                [],
            ])
        );
        Assert.Throws<ArgumentException>(() =>
            Bootstrap.OfWorstCase([
                [
                    [],
                ],
            ])
        );
        Assert.Throws<ArgumentException>(() =>
            Bootstrap.OfWorstCase([
                [
                    [
                        [],
                    ],
                ],
            ])
        );
        Assert.Throws<ArgumentException>(() =>
            Bootstrap.OfWorstCase([
                [
                    [
                        [true],
                        [true, false],
                    ],
                ],
            ])
        );
    }
}
