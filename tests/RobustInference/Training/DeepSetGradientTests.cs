using CsCheck;
using RobustInference.Aggregators;
using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Training;

/// <summary>The gradient that is written out is held against torch's autograd in double precision.</summary>
public class DeepSetGradientTests
{
    [Theory]
    [InlineData(256, 17, 10, 128, 128)]
    [InlineData(256, 17, 100, 224, 224)]
    [InlineData(1, 1, 2, 1, 1)]
    [InlineData(7, 3, 33, 49, 5)]
    public void It_is_that_of_autograd(int samples, int clients, int classes, int hidden, int decoder) =>
        Check(samples, clients, classes, hidden, decoder, seed: 1);

    [Fact]
    public void So_it_is_for_odd_sizes() =>
        Gen.Select(Gen.Int[1, 70], Gen.Int[1, 9], Gen.Int[2, 40], Gen.Int[1, 40], Gen.Int[1, 40], Gen.Long[0, 1 << 30])
            .Sample(
                (samples, clients, classes, hidden, decoder, seed) =>
                    Check(samples, clients, classes, hidden, decoder, seed),
                iter: 40
            );

    [Fact]
    public void Steps_of_Adam_lead_where_those_with_autograd_lead()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomStream.Torch(1, "test-gradient");
        var (answers, labels) = Draw(64, 5, 12, generator);
        DeepSetNetwork ours = new(12, 20, 3),
            theirs = new(12, 20, 3);
        var first = optim.AdamW(ours.parameters(), 1e-2, weight_decay: 0.3);
        var second = optim.AdamW(theirs.parameters(), 1e-2, weight_decay: 0.3);
        using var gradient = IDeepSetGradient.For(ours, answers);
        var losses = new List<float>();
        for (int i = 0; i < 30; i++)
        {
            losses.Add(gradient.Write(ours, answers, labels).ToSingle());
            first.step();
            second.zero_grad();
            var loss = nn.functional.cross_entropy(new DeepSet(theirs).Scores(answers), labels);
            Assert.Equal(loss.ToSingle(), losses[^1], 2e-4);
            loss.backward();
            second.step();
        }
        Assert.True(losses[^1] < losses[0]);
        foreach (var (a, b) in ours.parameters().Zip(theirs.parameters()))
            Assert.InRange((a - b).abs().max().ToSingle(), 0, 2e-3);
    }

    [Fact]
    public void A_label_out_of_range_is_refused()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomStream.Torch(1, "test-gradient");
        var (answers, _) = Draw(3, 5, 4, generator);
        using var network = new DeepSetNetwork(4, 6, 0);
        using var gradient = IDeepSetGradient.For(network, answers);
        foreach (long label in new long[] { -1, 4 })
            Assert.Contains(
                "sample 1",
                Assert
                    .Throws<ArgumentException>(() => gradient.Write(network, answers, tensor(new[] { 0, label, 0 })))
                    .Message
            );
    }

    [Fact]
    public void A_network_that_has_diverged_shows_in_the_loss()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomStream.Torch(1, "test-gradient");
        var (answers, labels) = Draw(3, 5, 4, generator);
        for (int layer = 0; layer < 4; layer++)
        {
            using var network = new DeepSetNetwork(4, 37, 0);
            using var gradient = IDeepSetGradient.For(network, answers);
            var weights = new[] { network.RhoIn, network.RhoOut, network.MuIn, network.MuOut }[layer].weight!;
            using (no_grad())
                weights.fill_(float.NaN);
            Assert.True(float.IsNaN(gradient.Write(network, answers, labels).item<float>()), $"layer {layer}");
        }
    }

    static void Check(int samples, int clients, int classes, int hidden, int decoder, long seed)
    {
        using var scope = NewDisposeScope();
        using var generator = RandomStream.Torch(seed, "test-gradient");
        var (answers, labels) = Draw(samples, clients, classes, generator);
        var network = new DeepSetNetwork(classes, hidden, seed, decoder);
        using var gradient = IDeepSetGradient.For(network, answers);
        Assert.NotEqual("AutogradOfDeepSet", gradient.GetType().Name);
        // The second time there is a gradient already, and memory that is not new.
        gradient.Write(network, answers.flip(0).contiguous(), labels);
        double loss = gradient.Write(network, answers, labels).ToDouble();

        var exact = network.Copy();
        exact.to(ScalarType.Float64);
        var expected = nn.functional.cross_entropy(new DeepSet(exact).Scores(answers.to(ScalarType.Float64)), labels);
        expected.backward();
        Assert.Equal(expected.ToDouble(), loss, 1e-5 * (1 + expected.ToDouble()));
        foreach (var ((name, ours), (_, theirs)) in network.named_parameters().Zip(exact.named_parameters()))
        {
            double size = theirs.grad!.abs().max().ToDouble(),
                apart = (ours.grad! - theirs.grad!).abs().max().ToDouble();
            Assert.True(apart <= 2e-5 * size + 1e-7, $"{name}: {apart} apart, of {size}");
        }
    }

    static (Tensor Answers, Tensor Labels) Draw(int samples, int clients, int classes, Generator generator) =>
        (
            (3 * randn([samples, clients, classes], generator: generator)).softmax(-1),
            randint(0, classes, [samples], generator: generator)
        );
}
