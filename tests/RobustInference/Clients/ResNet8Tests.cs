using RobustInference.Clients;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Tests.RobustInference.Clients;

public class ResNet8Tests
{
    [Theory]
    [InlineData(1, 10), InlineData(2, 3), InlineData(16, 100)]
    public void There_are_as_many_parameters_as_the_layers_add_up_to(int w, int classes)
    {
        using var network = new ResNet8(classes, w, 0, 0);
        int stem = 27 * w + 2 * w;
        int first = 18 * w * w + 4 * w;
        int second = (18 + 36 + 2) * w * w + 12 * w;
        int third = 4 * (18 + 36 + 2) * w * w + 24 * w;
        int head = 16 * w * classes + classes;
        Assert.Equal(stem + first + second + third + head, network.parameters().Sum(p => p.numel()));
    }

    [Theory]
    [InlineData(1, 10, 1), InlineData(3, 4, 5), InlineData(16, 100, 2)]
    public void Images_go_in_and_one_logit_a_class_comes_out(int width, int classes, int batch)
    {
        using var scope = NewDisposeScope();
        using var network = new ResNet8(classes, width, 0, 0);
        network.eval();
        Assert.Equal([batch, classes], network.call(zeros(batch, 3, 32, 32)).shape);
    }

    [Fact]
    public void Initial_weights_come_from_seed_and_index_and_from_nothing_else()
    {
        static float[] Weights(long seed, long index)
        {
            using var network = new ResNet8(10, 2, seed, index);
            return
            [
                .. network
                    .state_dict()
                    .OrderBy(pair => pair.Key, StringComparer.Ordinal)
                    .Where(pair => pair.Value.dtype == ScalarType.Float32)
                    .SelectMany(pair => pair.Value.data<float>().ToArray()),
            ];
        }
        float[] first = Weights(0, 0);
        random.manual_seed(1234);
        Assert.Equal(first, Weights(0, 0));
        Assert.NotEqual(first, Weights(0, 1));
        Assert.NotEqual(first, Weights(1, 0));
    }

    [Fact]
    public void An_answer_does_not_depend_on_what_else_is_in_the_batch()
    {
        using var scope = NewDisposeScope();
        using var network = new ResNet8(10, 4, 0, 0);
        network.eval();
        using var generator = new Generator(7, CPU);
        var images = randn([6, 3, 32, 32], generator: generator);
        var together = network.call(images);
        for (int i = 0; i < 6; i++)
            Assert.True(network.call(images[i..(i + 1)]).sub(together[i..(i + 1)]).abs().max().item<float>() < 1e-5);
    }

    /// <summary>One bright red pixel in each quadrant, at places that two strides of two keep, through a network in
    /// which each layer passes on one number. By hand: relu, three batch norms of 1/√(1 + 10⁻⁵), two shortcuts of 3 and
    /// ½, a sixteenth of a quadrant's 4×4 mean, the head's weight.</summary>
    [Fact]
    public void A_network_of_single_weights_gives_what_is_worked_out_by_hand()
    {
        using var scope = NewDisposeScope();
        using var network = new ResNet8(4, 1, 0, 0);
        network.eval();
        using (no_grad())
        {
            foreach (var (name, parameter) in network.named_parameters())
                if (
                    name.Contains("conv", StringComparison.Ordinal)
                    || name.Contains("shortcut.0", StringComparison.Ordinal)
                    || name.Contains("linear", StringComparison.Ordinal)
                )
                    parameter.zero_();
            Parameter("conv1.weight")[0, 0, 1, 1] = 1;
            Parameter("block2.shortcut.0.weight")[1, 0, 0, 0] = 3;
            Parameter("block3.shortcut.0.weight")[2, 1, 0, 0] = 0.5f;
            // Feature = channel · 4 + quadrant; class k looks at quadrant k of channel 2.
            for (int k = 0; k < 4; k++)
                Parameter("linear.weight")[k, 2 * 4 + k] = 1;
            Parameter("linear.bias")[3] = 0.25f;
        }
        var image = zeros(1, 3, 32, 32);
        image[0, 0, 0, 0] = 1;
        image[0, 0, 4, 20] = 2;
        image[0, 0, 16, 12] = -3;
        image[0, 0, 28, 28] = 4;
        image[0, 0, 29, 29] = 100;
        image[0, 1] = 50;

        double norm = 1 / Math.Sqrt(1 + 1e-5),
            pixel = Math.Pow(norm, 3) * 3 * 0.5 / 16;
        float[] answer = network.call(image).data<float>().ToArray();
        Assert.Equal(
            [pixel, 2 * pixel, 0, 4 * pixel + 0.25],
            answer.Select(x => (double)x),
            (a, b) => Math.Abs(a - b) < 1e-6
        );

        Parameter Parameter(string name) => network.named_parameters().Single(pair => pair.name == name).parameter;
    }
}
