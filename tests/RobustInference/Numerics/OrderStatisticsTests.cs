using CsCheck;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Numerics;

public class OrderStatisticsTests
{
    static readonly int[] Widths =
    [
        1,
        2,
        3,
        4,
        5,
        7,
        8,
        9,
        15,
        16,
        17,
        31,
        32,
        33,
        63,
        64,
        65,
        100,
        127,
        128,
        129,
        130,
        255,
        256,
        257,
        300,
    ];

    static Gen<int> AnyWidth => Gen.Int[0, Widths.Length - 1].Select(i => Widths[i]);

    static Tensor Draw(long seed, params long[] shape)
    {
        using var generator = RandomStream.Torch(seed, "test-order-statistics");
        return randn(shape, generator: generator);
    }

    static Tensor TorchMean(Tensor values, int from, int to) =>
        values.sort(1).Values.narrow(1, from, to - from).mean([1L]);

    static void Close(Tensor expected, Tensor got, double tolerance)
    {
        Assert.Equal(expected.shape, got.shape);
        Assert.True(
            expected.numel() == 0 || (expected - got).abs().max().ToDouble() <= tolerance,
            $"differs by {(expected - got).abs().max().ToDouble()}"
        );
    }

    [Fact]
    public void Sorted_values_are_torchs_for_every_width_and_number_of_rows()
    {
        using var scope = NewDisposeScope();
        foreach (int width in Enumerable.Range(1, 130))
        {
            var values = Draw(width, 1 + width % 5, 1 + width % 19, width);
            Assert.True(OrderStatistics.Sorted(values).equal(values.sort(1).Values).all().ToBoolean());
        }
    }

    [Fact]
    public void The_mean_of_a_range_is_torchs_for_every_width() =>
        Gen.Select(
                AnyWidth,
                Gen.Int[1, 20],
                Gen.Int[1, 6],
                Gen.Int[0, 19],
                Gen.Int[1, 20],
                Gen.Bool,
                Gen.Long[0, 1 << 30]
            )
            .Sample(
                (width, rows, samples, from, length, ties, seed) =>
                {
                    using var scope = NewDisposeScope();
                    from %= rows;
                    int to = Math.Min(rows, from + length);
                    var values = Draw(seed, samples, rows, width);
                    if (ties)
                        values = values.round();
                    Close(TorchMean(values, from, to), OrderStatistics.RangeMean(values, from, to), 1e-6);
                },
                iter: 300
            );

    [Fact]
    public void Other_types_and_layouts_give_the_same()
    {
        using var scope = NewDisposeScope();
        var doubles = Draw(1, 3, 7, 5).to(ScalarType.Float64);
        Close(TorchMean(doubles, 2, 5), OrderStatistics.RangeMean(doubles, 2, 5), 0);
        Assert.Equal(ScalarType.Float64, OrderStatistics.Sorted(doubles).dtype);
        var transposed = Draw(2, 3, 5, 7).transpose(1, 2);
        Assert.False(transposed.is_contiguous());
        Close(TorchMean(transposed, 2, 5), OrderStatistics.RangeMean(transposed, 2, 5), 1e-6);
        Close(transposed.sort(1).Values, OrderStatistics.Sorted(transposed), 0);
    }

    [Fact]
    public void No_samples_give_no_answers()
    {
        using var none = empty(0, 5, 3);
        using var mean = OrderStatistics.RangeMean(none, 1, 4);
        Assert.Equal([0, 3], mean.shape);
        using var sorted = OrderStatistics.Sorted(none);
        Assert.Equal([0, 5, 3], sorted.shape);
    }

    [Fact]
    public void The_argument_is_not_changed()
    {
        using var values = Draw(3, 4, 9, 21);
        using var before = values.clone();
        OrderStatistics.Sorted(values).Dispose();
        OrderStatistics.RangeMean(values, 2, 7).Dispose();
        Assert.True(values.equal(before).all().ToBoolean());
    }

    [Fact]
    public void A_NaN_spoils_no_coordinate_but_its_own()
    {
        using var scope = NewDisposeScope();
        var values = Draw(4, 2, 5, 40);
        var expected = TorchMean(values, 1, 4);
        values[0, 3, 17] = float.NaN;
        var difference = (OrderStatistics.RangeMean(values, 1, 4) - expected).abs();
        difference[0, 17] = 0;
        Assert.True(difference.max().ToSingle() < 1e-6);
    }

    [Theory]
    [InlineData(-1, 2), InlineData(2, 2), InlineData(3, 2), InlineData(0, 6)]
    public void An_empty_range_or_one_beyond_the_rows_is_refused(int from, int to)
    {
        using var values = ones(1, 5, 2);
        Assert.Throws<ArgumentException>(() => OrderStatistics.RangeMean(values, from, to));
    }

    [Fact]
    public void Anything_but_three_axes_is_refused()
    {
        using var values = ones(5, 2);
        Assert.Throws<ArgumentException>(() => OrderStatistics.RangeMean(values, 0, 1));
    }

    [Fact]
    public void Without_ties_the_gradient_is_that_of_autograd_through_torchs_sort() =>
        Gen.Select(
                AnyWidth,
                Gen.Int[1, 20],
                Gen.Int[1, 4],
                Gen.Int[0, 19],
                Gen.Int[1, 20],
                Gen.Bool,
                Gen.Long[0, 1 << 30]
            )
            .Sample(
                (width, rows, samples, from, length, doubles, seed) =>
                {
                    using var scope = NewDisposeScope();
                    from %= rows;
                    int to = Math.Min(rows, from + length);
                    var drawn = Draw(seed, samples, rows, width).to(doubles ? ScalarType.Float64 : ScalarType.Float32);
                    var outer = Draw(seed + 1, samples, width).to(drawn.dtype);
                    Tensor ours = drawn.clone().requires_grad_(),
                        torchs = drawn.clone().requires_grad_();
                    OrderStatistics.RangeMean(ours, from, to).backward([outer]);
                    TorchMean(torchs, from, to).backward([outer]);
                    Close(torchs.grad!, ours.grad!, 1e-6);
                },
                iter: 200
            );

    [Fact]
    public void Among_equal_values_those_of_earlier_rows_come_first() =>
        Gen.Select(
                Gen.Int[1, 12],
                Gen.Int[1, 40],
                Gen.Int[0, 11],
                Gen.Int[1, 12],
                Gen.Bool,
                Gen.Int[0, 3].Array[12 * 40]
            )
            .Sample(
                (rows, width, from, length, doubles, numbers) =>
                {
                    using var scope = NewDisposeScope();
                    from %= rows;
                    int to = Math.Min(rows, from + length);
                    float[] flat = [.. numbers.Take(rows * width).Select(x => (float)x)];
                    var values = tensor(flat, [1, rows, width])
                        .to(doubles ? ScalarType.Float64 : ScalarType.Float32)
                        .requires_grad_();
                    OrderStatistics.RangeMean(values, from, to).sum().backward();
                    var gradient = values.grad!;
                    for (int k = 0; k < width; k++)
                    {
                        // LINQ's sort is stable.
                        int[] kept =
                        [
                            .. Enumerable.Range(0, rows).OrderBy(r => flat[r * width + k]).Skip(from).Take(to - from),
                        ];
                        for (int r = 0; r < rows; r++)
                            Assert.Equal(kept.Contains(r) ? 1.0 / (to - from) : 0, gradient[0, r, k].ToDouble(), 1e-6);
                    }
                },
                iter: 60
            );

    [Fact]
    public void By_hand_the_middle_of_three_equal_rows_is_the_second()
    {
        using var values = ones(1, 3, 1, requires_grad: true);
        OrderStatistics.RangeMean(values, 1, 2).backward([tensor(new float[] { 6 }, [1, 1])]);
        Assert.Equal([0, 6, 0], values.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Bpda_gives_every_row_the_gradient_of_the_mean()
    {
        foreach (var type in new[] { ScalarType.Float32, ScalarType.Float64 })
        {
            using var scope = NewDisposeScope();
            var values = Draw(5, 2, 5, 11).to(type).requires_grad_();
            var outer = Draw(6, 2, 11).to(type);
            OrderStatistics.RangeMean(values, 1, 4, SortGradient.Mean).backward([outer]);
            Close((outer / 5).unsqueeze(1).expand(2, 5, 11), values.grad!, 1e-7);
        }
    }

    [Fact]
    public void Where_it_is_smooth_the_gradient_is_the_difference_quotient()
    {
        using var scope = NewDisposeScope();
        // A permutation of multiples of 0.1 a column: a step of 0.01 changes no order.
        using var generator = RandomStream.Torch(7, "test-order-statistics");
        var values = (rand([2, 7, 9], generator: generator).argsort(1).to(ScalarType.Float32) * 0.1f).requires_grad_();
        OrderStatistics.RangeMean(values, 2, 6).sum().backward();
        for (int s = 0; s < 2; s++)
        for (int r = 0; r < 7; r++)
        for (int k = 0; k < 9; k++)
        {
            Tensor up = values.detach().clone(),
                down = values.detach().clone();
            up[s, r, k] = up[s, r, k] + 0.01f;
            down[s, r, k] = down[s, r, k] - 0.01f;
            double quotient =
                (OrderStatistics.RangeMean(up, 2, 6) - OrderStatistics.RangeMean(down, 2, 6)).sum().ToDouble() / 0.02;
            Assert.Equal(quotient, values.grad![s, r, k].ToDouble(), 1e-3);
        }
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 5, 2)]
    [InlineData(70, 17, 10)]
    [InlineData(9, 4, 301)]
    public void Sums_are_those_of_a_sort_in_double_precision_to_the_last_bit(int samples, int rows, int classes)
    {
        using var values = rand([samples, rows, classes], generator: new Generator(7));
        (int From, int To)[] ranges = [(0, rows), (rows / 3, rows - rows / 3), (1, 1)];
        double[][] sums = OrderStatistics.Sums(values, ranges);
        float[] raw = values.data<float>().ToArray();
        for (int range = 0; range < ranges.Length; range++)
        for (int s = 0; s < samples; s++)
        for (int k = 0; k < classes; k++)
        {
            double sum = 0;
            foreach (
                float value in Enumerable
                    .Range(0, rows)
                    .Select(i => raw[(s * rows + i) * classes + k])
                    .Order()
                    .Take(ranges[range].To)
                    .Skip(ranges[range].From)
            )
                sum += value;
            Assert.Equal(sum, sums[range][s * classes + k]);
        }
        Assert.Throws<ArgumentException>(() => OrderStatistics.Sums(values, (0, rows + 1)));
    }
}
