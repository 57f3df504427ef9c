using RobustInference.Numerics;

namespace Tests.RobustInference.Numerics;

public unsafe class RowSumsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(33)]
    [InlineData(100)]
    public void Sums_are_those_of_the_numbers_whatever_the_width_of_vectors(int count)
    {
        int length = RowProduct.Pad(count);
        using AlignedFloats a = new(length),
            b = new(length),
            powers = new(length);
        var random = RandomStream.Managed(1, "test-row-sums", count);
        double sum = 0,
            dot = 0;
        for (int i = 0; i < count; i++)
        {
            (a.First[i], b.First[i]) = (random.NextSingle() - 0.3f, random.NextSingle() - 0.3f);
            sum += a.First[i];
            dot += (double)a.First[i] * b.First[i];
        }
        Assert.Equal(sum, RowSums.Of<FloatLanes16>(a.First, length), 1e-4);
        Assert.Equal(dot, RowSums.Dot<FloatLanes16>(a.First, b.First, length), 1e-4);
        Assert.Equal(RowSums.Of<FloatLanes16>(a.First, length), RowSums.Of<FloatLanes8>(a.First, length));
        Assert.Equal(
            RowSums.Dot<FloatLanes16>(a.First, b.First, length),
            RowSums.Dot<FloatLanes8>(a.First, b.First, length)
        );

        float greatest = new Span<float>(a.First, count).ToArray().Max();
        double[] expected =
        [
            .. Enumerable.Range(0, length).Select(i => i < count ? Math.Exp(a.First[i] - (double)greatest) : 0),
        ];
        float total = RowSums.Powers<FloatLanes8>(a.First, powers.First, count, out float shift);
        for (int i = 0; i < length; i++)
            Assert.Equal(expected[i], powers.First[i], 1e-6);
        Assert.Equal(expected.Sum(), total, 1e-4);
        Assert.Equal(total, RowSums.Powers<FloatLanes16>(a.First, powers.First, count, out _));
        Assert.Equal(greatest, shift);
    }
}
