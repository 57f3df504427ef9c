using RobustInference.Numerics;
using static TorchSharp.torch;

namespace Tests.RobustInference.Numerics;

public class DropoutStreamTests
{
    [Fact]
    public void Entries_are_zero_as_often_as_asked_and_the_rest_keeps_the_mean()
    {
        using var scope = NewDisposeScope();
        using var dropout = new DropoutStream(0, "test");
        float[] values = [.. dropout.Apply(ones(100_000) * 3, 0.25).data<float>()];
        Assert.All(values, value => Assert.True(value == 0 || Math.Abs(value - 4) < 1e-5));
        Assert.InRange(values.Count(value => value == 0), 24_300, 25_700);
    }

    [Fact]
    public void Gradients_pass_where_a_value_passed()
    {
        using var scope = NewDisposeScope();
        using var dropout = new DropoutStream(0, "test");
        var x = ones(50, requires_grad: true);
        var y = dropout.Apply(x, 0.5);
        y.sum().backward();
        Assert.Equal(y.detach().data<float>(), x.grad!.data<float>());
    }

    [Fact]
    public void Masks_depend_on_seed_role_and_index_only_and_the_input_stays()
    {
        float[] Mask(long seed, string role, long index)
        {
            using var scope = NewDisposeScope();
            using var dropout = new DropoutStream(seed, role, index);
            var x = ones(64);
            float[] answer = [.. dropout.Apply(x, 0.5).data<float>()];
            Assert.Equal(64, x.sum().item<float>());
            return answer;
        }
        float[] first = Mask(0, "a", 0);
        random.manual_seed(5);
        Assert.Equal(first, Mask(0, "a", 0));
        Assert.NotEqual(first, Mask(1, "a", 0));
        Assert.NotEqual(first, Mask(0, "b", 0));
        Assert.NotEqual(first, Mask(0, "a", 1));
    }
}
