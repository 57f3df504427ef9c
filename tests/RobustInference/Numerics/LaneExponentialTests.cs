using RobustInference.Numerics;

namespace Tests.RobustInference.Numerics;

public unsafe class LaneExponentialTests
{
    /// <summary>Every 397th float of the domain, in either direction from 0: some five million.</summary>
    [Fact]
    public void A_power_of_e_is_within_two_units_of_the_last_place()
    {
        double worst = 0;
        var numbers = new float[1 << 16];
        var powers = new float[numbers.Length];
        foreach (float bound in new[] { LaneExponential.Least, LaneExponential.Most })
        {
            uint sign = bound < 0 ? 0x80000000 : 0,
                end = BitConverter.SingleToUInt32Bits(Math.Abs(bound));
            for (uint bits = 0; bits <= end; )
            {
                int count = 0;
                for (; count < numbers.Length && bits <= end; bits += 397)
                    numbers[count++] = BitConverter.UInt32BitsToSingle(bits | sign);
                numbers.AsSpan(count).Fill(bound);
                Exp<FloatLanes16>(numbers, powers);
                for (int i = 0; i < count; i++)
                {
                    double exact = Math.Exp(numbers[i]);
                    worst = Math.Max(
                        worst,
                        Math.Abs(powers[i] - exact) / (MathF.BitIncrement((float)exact) - (float)exact)
                    );
                    Assert.True(
                        Math.Abs(powers[i] - MathF.Exp(numbers[i])) <= 3 * (MathF.BitIncrement(powers[i]) - powers[i])
                    );
                }
            }
        }
        Assert.InRange(worst, 0.5, 2);
    }

    [Fact]
    public void Beyond_its_domain_it_is_that_of_the_bound()
    {
        float[] numbers =
        [
            LaneExponential.Least,
            LaneExponential.Most,
            -88,
            89,
            -1e30f,
            1e30f,
            float.NegativeInfinity,
            float.PositiveInfinity,
            0,
            -0f,
            1,
        ];
        Array.Resize(ref numbers, 16);
        var powers = new float[16];
        Exp<FloatLanes16>(numbers, powers);
        for (int i = 0; i < 8; i++)
            Assert.Equal(powers[numbers[i] < 0 ? 0 : 1], powers[i]);
        Assert.Equal((1, 1), (powers[8], powers[9]));
        Assert.Equal(MathF.E, powers[10], 3e-7);
    }

    [Fact]
    public void It_does_not_depend_on_the_width_of_the_vector()
    {
        var random = RandomStream.Managed(1, "test-exp");
        var numbers = new float[1600];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = 200 * random.NextSingle() - 100;
        float[] narrow = new float[numbers.Length],
            wide = new float[numbers.Length];
        Exp<FloatLanes8>(numbers, narrow);
        Exp<FloatLanes16>(numbers, wide);
        Assert.Equal(wide, narrow);
    }

    static void Exp<T>(float[] numbers, float[] powers)
        where T : struct, IFloatLanes<T>
    {
        fixed (
            float* from = numbers,
                to = powers
        )
            for (int i = 0; i < numbers.Length; i += T.Count)
                LaneExponential.Of(T.Load(from + i)).Store(to + i);
    }
}
