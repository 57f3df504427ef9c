using RobustInference.Aggregators;
using RobustInference.Certificates;
using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Training;
using Tests.RobustInference.Aggregators;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Training;

public class WorstCaseMarginsTests
{
    static readonly BoxPlaces Places = BoxPlaces.Of(clients: 9, trim: 3, unknown: 2, changed: 0);

    static (Tensor Encodings, Tensor Labels) Draw(DeepSetNetwork network)
    {
        using var generator = RandomStream.Torch(3, "test-worst-case");
        return (
            network.Encode(EveryRule.Rows(3, 40, 7, network.Classes)).detach(),
            randint(0, network.Classes, [40], generator: generator)
        );
    }

    [Theory, InlineData(5), InlineData(40)]
    public void They_are_lower_bounds_that_the_certificate_keeps_or_betters(int classes)
    {
        using var scope = NewDisposeScope();
        var network = EveryRule.Network(classes);
        var (encodings, labels) = Draw(network);
        var margins = WorstCaseMargins.Of(network, encodings, Places, labels).detach();
        var own = labels.unsqueeze(1);
        Assert.Equal(0, margins.gather(1, own).abs().max().ToSingle(), 1e-5);
        var least = margins
            .scatter(1, own, full_like(own, float.PositiveInfinity, dtype: ScalarType.Float32))
            .amin([1L])
            .to(ScalarType.Float64);
        using var sorted = new SortedLatents(encodings, 9, 3);
        using var bounds = new MarginBounds(network);
        var certified = bounds.Least(sorted.Box(0), labels);
        Assert.True(certified.ge(least - 1e-3).all().ToBoolean());
        Assert.InRange((certified - least).mean().ToDouble(), 0, 5);
    }

    [Fact]
    public void Their_gradient_is_that_of_finite_differences()
    {
        using var scope = NewDisposeScope();
        using var network = new DeepSetNetwork(4, 6, 2);
        var (encodings, labels) = Draw(network);
        double Sum() => WorstCaseMargins.Of(network, encodings, Places, labels).sum().ToDouble();
        var rows = encodings.clone().requires_grad_();
        WorstCaseMargins.Of(network, rows, Places, labels).sum().backward();
        foreach (
            var (target, gradient) in new[]
            {
                (network.MuIn.weight!, network.MuIn.weight!.grad!),
                (network.MuOut.bias!, network.MuOut.bias!.grad!),
                (network.MuOut.weight!, network.MuOut.weight!.grad!),
                (encodings, rows.grad!),
            }
        )
        {
            using var untracked = no_grad();
            var direction = gradient.sign();
            const float Step = 2e-4f;
            target.add_(direction, alpha: Step);
            double up = Sum();
            target.add_(direction, alpha: -2 * Step);
            double down = Sum();
            target.add_(direction, alpha: Step);
            double expected = gradient.abs().sum().ToDouble(),
                got = (up - down) / (2 * Step);
            Assert.InRange(got, 0.97 * expected - 0.05, 1.03 * expected + 0.05);
        }
    }
}
