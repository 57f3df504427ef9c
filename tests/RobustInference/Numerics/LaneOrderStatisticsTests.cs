using CsCheck;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Numerics;

public unsafe class LaneOrderStatisticsTests
{
    // Small whole numbers: equal values are the rule, and every sum is exact.
    [Fact]
    public void Sums_and_kept_rows_are_those_of_order_statistics_ties_included() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[1, 5], Gen.Int[0, 12], Gen.Int[0, 12], Gen.Bool, Gen.Long[0, 1 << 30])
            .Sample(
                (stay, change, first, count, balanced, seed) =>
                {
                    if (balanced)
                        (stay, first, count) = (2 * change, change, change);
                    int from = first % (stay + change),
                        kept = 1 + count % (stay + change - from);
                    if (balanced)
                        kept = change;
                    using var scope = NewDisposeScope();
                    using var generator = RandomStream.Torch(seed, "test-order");
                    Tensor Draw(params long[] shape) =>
                        randint(0, 4, shape, generator: generator).to(ScalarType.Float32);
                    Tensor honest = OrderStatistics.Sorted(Draw(1, stay, 24 * 3)),
                        sent = Draw(1, change, 24 * 3).requires_grad_(),
                        outer = Draw(1, 24 * 3);
                    var mean = OrderStatistics.RangeMean(cat([honest, sent], 1), from, from + kept);
                    mean.backward([kept * outer]);
                    using var order = new LaneOrderStatistics<FloatLanes8>(stay, change, from, kept);
                    using AlignedFloats rows = Copy(honest),
                        changing = Copy(sent.detach()),
                        given = Copy(outer),
                        sure = new(72),
                        sums = new(72);
                    order.Sums(rows.First, changing.First, sure.First, sums.First, 3, 72, 3, 1f / kept);
                    for (int i = 0; i < 72; i++)
                        Assert.Equal(mean[0, i].ToSingle(), sums.First[i], 1e-5f);
                    order.KeepInPlace(rows.First, changing.First, given.First, 3, 72, 3);
                    for (int r = 0; r < change; r++)
                    for (int i = 0; i < 72; i++)
                        Assert.Equal(sent.grad![0, r, i].ToSingle(), changing.First[r * 72 + i], 1e-5f);
                },
                iter: 100
            );

    static AlignedFloats Copy(Tensor values)
    {
        using var whole = values.contiguous();
        var floats = new AlignedFloats((int)values.numel());
        whole.Floats().CopyTo(new Span<float>(floats.First, floats.Length));
        return floats;
    }
}
