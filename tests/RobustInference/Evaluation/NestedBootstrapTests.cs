using RobustInference.Evaluation;

namespace Tests.RobustInference.Evaluation;

public class NestedBootstrapTests
{
    static bool[] Right(int samples, double share, int first = 0) =>
        [.. Enumerable.Range(0, samples).Select(s => (s + first) % samples < share * samples)];

    [Fact]
    public void Of_one_ensemble_and_one_attack_it_is_the_binomial_interval()
    {
        var interval = NestedBootstrap.OfWorstCase([
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
        var alike = NestedBootstrap.OfWorstCase([
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
        var unlike = NestedBootstrap.OfWorstCase([
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
        var draws = NestedBootstrap.OfWorstCase([
            [
                [Right(4000, 0.3)],
                [Right(4000, 0.4)],
                [Right(4000, 0.5)],
            ],
        ]);
        Assert.True(draws.High - draws.Low > 5 * (alike.High - alike.Low));
    }

    [Fact]
    public void The_worst_attack_counts_and_may_be_another_one_in_every_ensemble()
    {
        var interval = NestedBootstrap.OfWorstCase([
            [
                [Right(500, 0.2), Right(500, 0.6, first: 100)],
            ],
            [
                [Right(500, 0.8), Right(500, 0.4)],
            ],
        ]);
        Assert.Equal(0.3, interval.Difference, 1e-12);
        Assert.Equal(
            interval,
            NestedBootstrap.OfWorstCase([
                [
                    [Right(500, 0.2), Right(500, 0.6, first: 100)],
                ],
                [
                    [Right(500, 0.8), Right(500, 0.4)],
                ],
            ])
        );
    }

    [Fact]
    public void Nothing_to_draw_from_is_told()
    {
        Assert.Throws<ArgumentException>(() => NestedBootstrap.OfWorstCase([]));
        Assert.Throws<ArgumentException>(() =>
            NestedBootstrap.OfWorstCase([
                [],
            ])
        );
        Assert.Throws<ArgumentException>(() =>
            NestedBootstrap.OfWorstCase([
                [
                    [],
                ],
            ])
        );
        Assert.Throws<ArgumentException>(() =>
            NestedBootstrap.OfWorstCase([
                [
                    [
                        [],
                    ],
                ],
            ])
        );
        Assert.Throws<ArgumentException>(() =>
            NestedBootstrap.OfWorstCase([
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
