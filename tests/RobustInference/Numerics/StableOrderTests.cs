using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Numerics;

public class StableOrderTests
{
    [Theory]
    [InlineData(1000, 17, ScalarType.Float32)]
    [InlineData(500, 100, ScalarType.Float32)]
    [InlineData(500, 100, ScalarType.Float64)]
    public void Ties_keep_the_order_in_which_they_stand(int rows, int columns, ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var values = randint(0, 4, [rows, columns], generator: generator).to(type);
        int[] numbers = [.. values.to(ScalarType.Int32).data<int>()];
        const int count = 5;
        long[] places = [.. values.Ascending(1).data<long>()],
            greatest = [.. values.Greatest(count, 1).data<long>()];
        for (int row = 0; row < rows; row++)
        {
            var own = Enumerable.Range(0, columns).Select(c => (long)c);
            Assert.Equal(
                own.OrderBy(c => numbers[row * columns + c]),
                places[(row * columns)..((row + 1) * columns)]
            );
            Assert.Equal(
                own.OrderByDescending(c => numbers[row * columns + c]).Take(count),
                greatest[(row * count)..((row + 1) * count)]
            );
        }
    }

    [Fact]
    public void It_reads_nothing_back_from_a_device()
    {
        using var scope = NewDisposeScope();
        var places = zeros([4, 17], device: META).Ascending(1);
        Assert.Equal((DeviceType.META, ScalarType.Int64), (places.device_type, places.dtype));
        Assert.Equal([4, 17], places.shape);
        Assert.Equal([4, 3], zeros([4, 17], device: META).Greatest(3, 1).shape);
    }
}
