using RobustInference.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Training;

public class WeightPerturbationTests
{
    [Fact]
    public void Weights_move_up_the_loss_by_a_share_of_their_norm_and_come_back_to_the_bit()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var layer = nn.Linear(4, 3);
        var rows = rand([16, 4], generator: generator);
        var labels = arange(16) % 3;
        Tensor Loss() => nn.functional.cross_entropy(layer.call(rows), labels);
        float[] before = Weights();
        var loss = Loss();
        loss.backward();
        using (WeightPerturbation.Climb(layer, 0.1))
        {
            Assert.True(Loss().item<float>() > loss.item<float>());
            double moved = Norm(Weights().Zip(before, (now, old) => now - old));
            Assert.Equal(0.1 * Norm(before), moved, 5);
        }
        Assert.Equal(before, Weights());

        float[] Weights() => layer.weight!.detach().data<float>().ToArray();
        static double Norm(IEnumerable<float> values) => Math.Sqrt(values.Sum(value => (double)value * value));
    }

    [Fact]
    public void A_gradient_of_zeros_moves_nothing()
    {
        using var layer = nn.Linear(2, 2);
        float[] before = layer.weight!.detach().data<float>().ToArray();
        (layer.call(ones(1, 2)) * 0).sum().backward();
        using (WeightPerturbation.Climb(layer, 0.1))
            Assert.Equal(before, layer.weight!.detach().data<float>().ToArray());
    }
}
