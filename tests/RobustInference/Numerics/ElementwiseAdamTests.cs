using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Numerics;

public class ElementwiseAdamTests
{
    [Fact]
    public void It_is_torchs_Adam()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomStream.Torch(1, "test-adam");
        var start = randn([3, 4], generator: generator);
        var ours = start.clone();
        var theirs = nn.Parameter(start.clone());
        using var optimizer = optim.Adam([theirs], lr: 0.1);
        using var adam = new ElementwiseAdam(ours, 0.1);
        for (int i = 0; i < 30; i++)
        {
            var gradient = randn([3, 4], generator: generator);
            adam.StepInplace(ours, gradient);
            theirs.grad = gradient;
            optimizer.step();
            Assert.InRange((ours - theirs.detach()).abs().max().ToSingle(), 0, 1e-5);
        }
        Assert.True((ours - start).abs().max().ToSingle() > 0.1);
    }

    [Fact]
    public void A_gradient_of_zero_moves_nothing()
    {
        using var values = ones(4);
        using var adam = new ElementwiseAdam(values, 0.1);
        using var still = zeros(4);
        adam.StepInplace(values, still);
        Assert.Equal([1, 1, 1, 1], values.data<float>().ToArray());
    }
}
