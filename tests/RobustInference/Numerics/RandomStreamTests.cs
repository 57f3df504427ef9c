using CsCheck;
using RobustInference.Numerics;

namespace Tests.RobustInference.Numerics;

public class RandomStreamTests
{
    [Fact]
    public void Streams_of_different_names_differ_and_equal_names_agree()
    {
        ulong[] seeds =
        [
            RandomStream.Derive(0, "a"),
            RandomStream.Derive(1, "a"),
            RandomStream.Derive(0, "b"),
            RandomStream.Derive(0, "a", 1),
        ];
        Assert.Equal(seeds.Length, seeds.Distinct().Count());
        Assert.Equal(seeds[0], RandomStream.Derive(0, "a"));
    }

    // Worked out with Python: int.from_bytes(hashlib.sha256(b"0/partition/0").digest()[:8], "little"). Recorded results
    // rest on these.
    [Theory]
    [InlineData(0, "partition", 0, 14989749602844087512UL)]
    [InlineData(7, "resnet8-init", 3, 14299244885770460545UL)]
    public void Seeds_are_the_first_eight_bytes_of_a_hash(long seed, string role, long index, ulong expected) =>
        Assert.Equal(expected, RandomStream.Derive(seed, role, index));

    [Fact]
    public void Two_torch_generators_of_one_name_draw_the_same()
    {
        using var one = RandomStream.Torch(3, "x");
        using var two = RandomStream.Torch(3, "x");
        using var other = RandomStream.Torch(3, "x", 1);
        using var a = TorchSharp.torch.randn(100, generator: one);
        using var b = TorchSharp.torch.randn(100, generator: two);
        using var c = TorchSharp.torch.randn(100, generator: other);
        Assert.Equal(a.data<float>().ToArray(), b.data<float>().ToArray());
        Assert.NotEqual(a.data<float>().ToArray(), c.data<float>().ToArray());
    }

    [Fact]
    public void A_shuffle_keeps_every_item() =>
        Gen.Select(Gen.Int.Array[0, 50], Gen.Long)
            .Sample(
                (items, seed) =>
                {
                    int[] shuffled = [.. items];
                    RandomStream.Managed(seed, "test").ShuffleInplace<int>(shuffled);
                    Assert.Equal(items.Order(), shuffled.Order());
                },
                iter: 200
            );

    [Fact]
    public void Every_order_of_three_is_equally_likely()
    {
        var random = RandomStream.Managed(0, "test");
        var counts = new Dictionary<string, int>();
        for (int i = 0; i < 6000; i++)
        {
            int[] items = [0, 1, 2];
            random.ShuffleInplace<int>(items);
            string order = string.Concat(items);
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }
        Assert.Equal(6, counts.Count);
        // Five standard deviations around 1000.
        Assert.All(counts.Values, count => Assert.InRange(count, 856, 1144));
    }
}
