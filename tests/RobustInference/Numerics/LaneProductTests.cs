using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Numerics;

public unsafe class LaneProductTests
{
    public static TheoryData<int, int, int> Sizes =>
        [
            .. from size in new[] { (1, 1), (10, 128), (7, 3), (100, 33) }
            from used in new[] { 1, 2, 3 }
            select (size.Item1, size.Item2, used),
        ];

    [Theory, MemberData(nameof(Sizes))]
    public void A_product_is_that_of_a_linear_layer(int inputs, int outputs, int vectors)
    {
        using var scope = NewDisposeScope();
        using var generator = RandomStream.Torch(1, "test-lane-product");
        Tensor weight = randn([outputs, inputs], generator: generator),
            bias = randn([outputs], generator: generator),
            samples = randn([48, inputs], generator: generator);
        var expected = nn.functional.linear(
            samples.to(ScalarType.Float64),
            weight.to(ScalarType.Float64),
            bias.to(ScalarType.Float64)
        );
        float[] narrow = Product<FloatLanes8>(weight, bias, samples, vectors),
            wide = Product<FloatLanes16>(weight, bias, samples, vectors);
        int shared = vectors * FloatLanes8.Count;
        for (int s = 0; s < vectors * FloatLanes16.Count; s++)
        for (int o = 0; o < outputs; o++)
        {
            Assert.Equal(expected[s, o].ToDouble(), wide[s * outputs + o], 1e-4);
            // Each lane is the same sum in the same order, however wide the vector.
            if (s < shared)
                Assert.Equal(wide[s * outputs + o], narrow[s * outputs + o]);
        }
    }

    /// <summary>Samples · outputs products, by the first lanes that are in use.</summary>
    static float[] Product<T>(Tensor weight, Tensor bias, Tensor samples, int vectors)
        where T : struct, IFloatLanes<T>
    {
        using var layer = new PackedMatrix(weight, bias);
        int stride = LaneProduct.Stride<T>(),
            lanes = vectors * T.Count;
        using AlignedFloats input = new(layer.Inputs * stride),
            output = new(layer.Padded * stride);
        var values = samples.Floats();
        for (int lane = 0; lane < lanes; lane++)
        for (int i = 0; i < layer.Inputs; i++)
            input.First[i * stride + lane] = values[lane * layer.Inputs + i];
        LaneProduct.Multiply<T, LaneProduct.Store<T>>(layer, input.First, vectors, new(output.First));
        var result = new float[lanes * layer.Outputs];
        for (int lane = 0; lane < lanes; lane++)
        for (int o = 0; o < layer.Outputs; o++)
            result[lane * layer.Outputs + o] = output.First[o * stride + lane];
        return result;
    }
}
