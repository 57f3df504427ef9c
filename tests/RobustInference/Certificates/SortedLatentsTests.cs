using CsCheck;
using RobustInference.Certificates;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Certificates;

public class SortedLatentsTests
{
    const double Far = 1e6;

    static Tensor Draw(long seed, int samples, int rows, int width)
    {
        using var scope = NewDisposeScope();
        using var generator = RandomStream.Torch(seed, "test-latents");
        // Few different values, so that many tie.
        return randint(-4, 5, [samples, rows, width], generator: generator)
            .to(ScalarType.Float32)
            .MoveToOuterDisposeScope();
    }

    static IEnumerable<int[]> Subsets(int n, int size) =>
        Enumerable
            .Range(0, 1 << n)
            .Where(mask => System.Numerics.BitOperations.PopCount((uint)mask) == size)
            .Select(mask => Enumerable.Range(0, n).Where(i => (mask >> i & 1) == 1).ToArray());

    static double TrimmedMean(IEnumerable<double> rows, int trim)
    {
        double[] sorted = [.. rows.Order()];
        return sorted[trim..^trim].Average();
    }

    [Fact]
    public void Both_ends_are_what_the_worst_choice_of_rows_attains_in_every_coordinate() =>
        Gen.Select(Gen.Int[1, 7], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Long[0, 1 << 30])
            .Where((n, t, u, _) => 2 * t < n && u <= t)
            .Sample(
                (n, t, u, seed) =>
                {
                    using var scope = NewDisposeScope();
                    var known = Draw(seed, 3, n - u, 5);
                    using var sorted = new SortedLatents(known, n, t);
                    for (int changed = 0; u + changed <= t; changed++)
                    {
                        using var box = sorted.Box(changed);
                        for (int s = 0; s < 3; s++)
                        for (int j = 0; j < 5; j++)
                        {
                            double[] rows =
                            [
                                .. Enumerable.Range(0, n - u).Select(i => (double)known[s, i, j].ToSingle()),
                            ];
                            double least = double.PositiveInfinity,
                                greatest = double.NegativeInfinity;
                            foreach (int[] gone in Subsets(n - u, changed))
                            {
                                var rest = rows.Where((_, i) => !gone.Contains(i)).ToArray();
                                least = Math.Min(
                                    least,
                                    TrimmedMean(rest.Concat(Enumerable.Repeat(-Far, u + changed)), t)
                                );
                                greatest = Math.Max(
                                    greatest,
                                    TrimmedMean(rest.Concat(Enumerable.Repeat(Far, u + changed)), t)
                                );
                            }
                            double centre = box.Centre[s, j].ToDouble(),
                                radius = box.Radius[s, j].ToDouble();
                            Assert.Equal(least, centre - radius, 1e-9);
                            Assert.Equal(greatest, centre + radius, 1e-9);
                        }
                    }
                },
                iter: 60
            );

    [Fact]
    public void Values_between_the_extremes_do_not_get_outside()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomStream.Torch(1, "test-latents-between");
        var rows = randn([1, 9, 40], generator: generator);
        using var sorted = new SortedLatents(rows.narrow(1, 0, 7), 9, 3);
        using var box = sorted.Box(1);
        Tensor low = box.Centre - box.Radius,
            high = box.Centre + box.Radius;
        for (int draw = 0; draw < 2000; draw++)
        {
            using var inner = NewDisposeScope();
            var sent = rows.clone();
            // one known row changes, two are unknown
            sent.narrow(1, 6, 3).copy_(3 * randn([1, 3, 40], generator: generator));
            var mean = OrderStatistics.RangeMean(sent, 3, 6).to(ScalarType.Float64);
            Assert.True(mean.ge(low - 1e-6).logical_and(mean.le(high + 1e-6)).all().ToBoolean());
        }
    }

    // n = 5, t = 1, one row may change: rows 1, 2, 4, 7, 11. Kept at worst 1, 2, 4 and 4, 7, 11.
    [Fact]
    public void By_hand()
    {
        using var rows = tensor(new float[] { 7, 1, 11, 4, 2 }, [1, 5, 1]);
        using var sorted = new SortedLatents(rows, 5, 1);
        using var box = sorted.Box(1);
        Assert.Equal((7.0 + 22) / 6, box.Centre.ToDouble(), 1e-12);
        Assert.Equal((22.0 - 7) / 6, box.Radius.ToDouble(), 1e-12);
        using var point = sorted.Box(0);
        Assert.Equal(13.0 / 3, point.Centre.ToDouble(), 1e-12);
        Assert.Equal(0, point.Radius.ToDouble());
    }

    [Fact]
    public void More_corrupted_rows_than_are_trimmed_have_no_box()
    {
        using var rows = Draw(2, 1, 7, 3);
        Assert.Contains("no box", Assert.Throws<ArgumentException>(() => new SortedLatents(rows, 9, 1)).Message);
        Assert.Throws<ArgumentException>(() => new SortedLatents(rows, 7, 4));
        using var sorted = new SortedLatents(rows, 8, 2);
        Assert.Throws<ArgumentException>(() => sorted.Box(2));
        Assert.Throws<ArgumentException>(() => sorted.Box(-1));
    }
}
