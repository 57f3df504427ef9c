using RobustInference.Aggregators;
using RobustInference.Certificates;
using RobustInference.Networks;
using RobustInference.Numerics;
using Tests.RobustInference.Aggregators;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Certificates;

public class MarginBoundsTests
{
    // μ(v) = [[1, −1], [0, 1]]·relu([[1, 1], [1, −1]]·v + (1, 0)) + (0, ½).
    static DeepSetNetwork Tiny()
    {
        var network = new DeepSetNetwork(2, 2, 0);
        using var untracked = no_grad();
        Set(network.MuIn, [1, 1, 1, -1], [1, 0]);
        Set(network.MuOut, [1, -1, 0, 1], [0, 0.5f]);
        return network;

        static void Set(TorchSharp.Modules.Linear layer, float[] weight, float[] bias)
        {
            layer.weight!.copy_(tensor(weight, [2, 2]));
            layer.bias!.copy_(tensor(bias));
        }
    }

    static double Least(DeepSetNetwork network, double[] low, double[] high, long label)
    {
        using var scope = NewDisposeScope();
        Tensor a = tensor(low).unsqueeze(0),
            b = tensor(high).unsqueeze(0);
        using var bounds = new MarginBounds(network);
        return bounds.Least(new LatentBox((a + b) / 2, (b - a) / 2), tensor(new[] { label })).ToDouble();
    }

    // Over [0, 2] × [0, 1] the hidden units are p = v1 + v2 + 1 in [1, 4], linear, and relu(q) with q = v1 − v2 in [−1,
    // 2], under the chord ⅔(q + 1). s_0 − s_1 = p − 2 relu(q) − ½ ≥ p − 4/3 (q + 1) − ½ = −v1/3 + 7/3 v2 − 5/6: least
    // at (2, 0), where it is −1.5 and the truth. Intervals say 1 − 4 − ½. s_1 − s_0 = −p + 2 relu(q) + ½ ≥ −p + ½ ≥
    // −3.5.
    [Fact]
    public void By_hand()
    {
        using var network = Tiny();
        Assert.Equal(-1.5, Least(network, [0, 0], [2, 1], 0), 1e-4);
        Assert.Equal(-3.5, Least(network, [0, 0], [2, 1], 1), 1e-4);
    }

    // At (2, 1): p = 4, q = 1, s = (3, 1.5).
    [Fact]
    public void Over_a_point_it_is_the_margin()
    {
        using var network = Tiny();
        Assert.Equal(1.5, Least(network, [2, 1], [2, 1], 0), 1e-4);
        Assert.Equal(-1.5, Least(network, [2, 1], [2, 1], 1), 1e-4);
    }

    [Fact]
    public void No_point_of_a_box_has_a_margin_below_the_bound_and_corners_come_near()
    {
        using var scope = NewDisposeScope();
        var network = EveryRule.Network(5);
        using var bounds = new MarginBounds(network);
        using var generator = RandomStream.Torch(1, "test-boxes");
        double nearest = double.PositiveInfinity;
        foreach (double width in new[] { 0.01, 0.1, 0.5, 2 })
        {
            var box = new LatentBox(
                randn([20, network.Hidden], dtype: ScalarType.Float64, generator: generator),
                width * rand([20, network.Hidden], dtype: ScalarType.Float64, generator: generator)
            );
            var labels = randint(0, 5, [20], generator: generator);
            double[] least = bounds.Least(box, labels).data<double>().ToArray();
            for (int draw = 0; draw < 400; draw++)
            {
                using var inner = NewDisposeScope();
                var towards = 2 * rand([20, network.Hidden], dtype: ScalarType.Float64, generator: generator) - 1;
                if (draw % 2 == 0)
                    towards = towards.sign();
                var scores = network.Decode((box.Centre + box.Radius * towards).to(ScalarType.Float32)).detach();
                var own = labels.unsqueeze(1);
                float[] margins = (
                    scores.gather(1, own)
                    - scores
                        .scatter(1, own, full_like(own, float.NegativeInfinity, dtype: ScalarType.Float32))
                        .amax([1L], keepdim: true)
                )
                    .data<float>()
                    .ToArray();
                for (int s = 0; s < 20; s++)
                {
                    Assert.True(margins[s] >= least[s], $"width {width}, sample {s}: {margins[s]} < {least[s]}");
                    nearest = Math.Min(nearest, (margins[s] - least[s]) / width);
                }
            }
        }
        Assert.InRange(nearest, 0, 5);
    }

    [Fact]
    public void Rounding_in_float32_is_within_what_the_certificate_allows_for()
    {
        using var scope = NewDisposeScope();
        var network = EveryRule.Network(5);
        using var generator = RandomStream.Torch(2, "test-rounding");
        var rows = nn.functional.softmax(6 * randn([3000, 5], generator: generator), -1);
        var exact =
            nn.functional.relu(
                    rows.to(ScalarType.Float64).mm(Rounding.Doubles(network.RhoIn.weight!).t())
                        + Rounding.Doubles(network.RhoIn.bias!)
                )
                .mm(Rounding.Doubles(network.RhoOut.weight!).t()) + Rounding.Doubles(network.RhoOut.bias!);
        var off = (network.Encode(rows).detach().to(ScalarType.Float64) - exact).abs().amax([0L]);
        var allowed = Rounding.OfEncodings(network) / 2;
        Assert.True(off.le(allowed).all().ToBoolean());
        // Not by so much that it would cost certificates: a sum of 20 terms cannot be allowed less than a few units.
        Assert.True(allowed.max().ToDouble() < 1e-4);
    }
}
