using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Numerics;

public unsafe class RowProductTests
{
    public static TheoryData<int, int, int> Sizes =>
        [
            .. from size in new[] { (1, 1), (10, 128), (128, 10), (7, 17), (100, 224), (33, 49) }
            from rows in new[] { 1, 2, 3, 4, 7 }
            select (size.Item1, size.Item2, rows),
        ];

    [Theory, MemberData(nameof(Sizes))]
    public void A_product_is_that_of_the_matrices(int inputs, int outputs, int rows)
    {
        using var scope = NewDisposeScope();
        using var generator = RandomStream.Torch(1, "test-row-product");
        Tensor values = randn([rows, inputs], generator: generator),
            matrix = randn([inputs, outputs], generator: generator),
            expected = values.to(ScalarType.Float64).mm(matrix.to(ScalarType.Float64));
        float[] narrow = Product<FloatLanes8>(values, matrix),
            wide = Product<FloatLanes16>(values, matrix);
        // Each number is the same sum in the same order, however wide the vector.
        Assert.Equal(wide, narrow);
        Assert.Equal(rows * RowProduct.Pad(outputs), wide.Length);
        for (int r = 0; r < rows; r++)
        for (int o = 0; o < RowProduct.Pad(outputs); o++)
            Assert.Equal(
                o < outputs ? expected[r, o].ToDouble() : 0,
                wide[r * RowProduct.Pad(outputs) + o],
                1e-6 * (10 + inputs)
            );
        // And whatever rows stand beside it.
        using var last = values.narrow(0, rows - 1, 1).clone();
        Assert.Equal(wide[^RowProduct.Pad(outputs)..], Product<FloatLanes16>(last, matrix));
    }

    [Theory]
    [InlineData(100, 224)]
    [InlineData(5, 17)]
    [InlineData(40, 3)]
    public void Rows_of_a_matrix_are_added_with_their_shares(int inputs, int outputs)
    {
        using var scope = NewDisposeScope();
        using var generator = RandomStream.Torch(2, "test-row-product");
        var matrix = randn([inputs, outputs], generator: generator);
        foreach (int count in new[] { 0, 1, 2, inputs })
        {
            Tensor shares = randn([count], generator: generator),
                places = randperm(inputs, generator: generator)[..count],
                source = randn([outputs], generator: generator),
                expected = source + shares.unsqueeze(0).mm(matrix.index_select(0, places)).squeeze(0);
            float[] narrow = Sum<FloatLanes8>(matrix, places, shares, source);
            Assert.Equal(Sum<FloatLanes16>(matrix, places, shares, source), narrow);
            for (int o = 0; o < outputs; o++)
                Assert.Equal(expected[o].ToDouble(), narrow[o], 1e-4);
        }
    }

    [Theory]
    [InlineData(224, 100)]
    [InlineData(17, 5)]
    [InlineData(3, 40)]
    public void A_product_of_listed_inputs_is_that_of_the_matrices(int inputs, int outputs)
    {
        using var scope = NewDisposeScope();
        using var generator = RandomStream.Torch(3, "test-row-product");
        Tensor values = randn([5, inputs], generator: generator).relu_(),
            matrix = randn([inputs, outputs], generator: generator),
            bias = randn([outputs], generator: generator);
        values[3].zero_();
        var expected = values.mm(matrix) + bias;
        float[] narrow = ListedProduct<FloatLanes8>(values, matrix, bias);
        Assert.Equal(ListedProduct<FloatLanes16>(values, matrix, bias), narrow);
        for (int r = 0; r < 5; r++)
        for (int o = 0; o < outputs; o++)
            Assert.Equal(expected[r, o].ToDouble(), narrow[r * RowProduct.Pad(outputs) + o], 1e-4);
    }

    [Theory]
    [InlineData(64, 100, 224)]
    [InlineData(1, 1, 1)]
    [InlineData(5, 7, 17)]
    [InlineData(70, 10, 128)]
    public void A_transposed_product_is_added(int rows, int inputs, int outputs)
    {
        using var scope = NewDisposeScope();
        using var generator = RandomStream.Torch(4, "test-row-product");
        Tensor left = randn([rows, inputs], generator: generator),
            right = nn.functional.pad(
                randn([rows, outputs], generator: generator),
                [0, RowProduct.Pad(outputs) - outputs]
            ),
            before = randn([inputs, RowProduct.Pad(outputs)], generator: generator),
            expected = before + left.t().mm(right);
        float[] narrow = AddTransposed<FloatLanes8>(left, right, before);
        Assert.Equal(AddTransposed<FloatLanes16>(left, right, before), narrow);
        for (int i = 0; i < inputs; i++)
        for (int o = 0; o < RowProduct.Pad(outputs); o++)
            Assert.Equal(expected[i, o].ToDouble(), narrow[i * RowProduct.Pad(outputs) + o], 1e-4);
    }

    static float[] AddTransposed<T>(Tensor left, Tensor right, Tensor before)
        where T : struct, IFloatLanes<T>
    {
        float[] target = before.data<float>().ToArray();
        fixed (
            float* a = left.Floats(),
                b = right.contiguous().Floats(),
                to = target
        )
            RowProduct.AddTransposed<T>(
                a,
                (int)left.shape[1],
                (int)left.shape[1],
                b,
                (int)right.shape[1],
                (int)left.shape[0],
                to
            );
        return target;
    }

    static float[] ListedProduct<T>(Tensor values, Tensor matrix, Tensor bias)
        where T : struct, IFloatLanes<T>
    {
        using var right = new RowMatrix<T>(matrix, bias, panel: 2);
        int rows = (int)values.shape[0];
        using var result = new AlignedFloats(rows * RowProduct.Pad(right.Outputs));
        int[] places = new int[rows * right.Inputs],
            counts = new int[rows];
        var factors = new float[rows * right.Inputs];
        for (int r = 0; r < rows; r++)
        for (int i = 0; i < right.Inputs; i++)
            if (values[r, i].ToSingle() is var value && value != 0)
            {
                int at = r * right.Inputs + counts[r]++;
                (places[at], factors[at]) = (i, value);
            }
        fixed (
            int* place = places,
                count = counts
        )
        fixed (float* factor = factors)
            RowProduct.MultiplyListed(
                right,
                place,
                factor,
                count,
                right.Inputs,
                rows,
                result.First,
                RowProduct.Pad(right.Outputs)
            );
        return new Span<float>(result.First, result.Length).ToArray();
    }

    static float[] Product<T>(Tensor values, Tensor matrix)
        where T : struct, IFloatLanes<T>
    {
        using var right = new RowMatrix<T>(matrix);
        int rows = (int)values.shape[0],
            stride = RowProduct.Pad(right.Inputs),
            resultStride = RowProduct.Pad(right.Outputs);
        using AlignedFloats left = new(rows * stride),
            result = new(rows * resultStride);
        var given = values.Floats();
        for (int r = 0; r < rows; r++)
            given.Slice(r * right.Inputs, right.Inputs).CopyTo(new Span<float>(left.First + r * stride, right.Inputs));
        RowProduct.Multiply(right, left.First, stride, rows, result.First, resultStride);
        return new Span<float>(result.First, result.Length).ToArray();
    }

    static float[] Sum<T>(Tensor matrix, Tensor places, Tensor shares, Tensor source)
        where T : struct, IFloatLanes<T>
    {
        using var rows = new RowMatrix<T>(matrix);
        using var target = new AlignedFloats(RowProduct.Pad(rows.Outputs));
        source.Floats().CopyTo(new Span<float>(target.First, rows.Outputs));
        int[] which = [.. places.data<long>().Select(place => (int)place)];
        fixed (int* first = which)
        fixed (float* share = shares.data<float>().ToArray())
            RowProduct.AddRows(rows, first, share, which.Length, target.First, target.First);
        return new Span<float>(target.First, rows.Outputs).ToArray();
    }
}
