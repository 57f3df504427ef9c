using RobustInference.Aggregators;
using RobustInference.Networks;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Aggregators;

public class PurificationTests
{
    /// <summary>One client, two classes and identities for weights: AE(x) = x for x ≥ 0 and 0.8 · 0.8 · x = 0.64 x
    /// below.</summary>
    static CopurNetwork Identity()
    {
        var network = new CopurNetwork(1, 2, 2, 2, 2, 0);
        using var untracked = no_grad();
        foreach (var layer in network.AutoEncoderLayers.Concat(network.ServerLayers))
        {
            layer.weight!.copy_(eye(2));
            layer.bias!.zero_();
        }
        return network;
    }

    static float[] Purified(CopurNetwork network, int corrupted, int steps, params float[] logits)
    {
        using var given = tensor(logits, [1, logits.Length]);
        using var purified = new Purification(network, corrupted, steps).Purify(given);
        return purified.data<float>().ToArray();
    }

    [Fact]
    public void What_the_auto_encoder_gives_back_unchanged_is_pure()
    {
        using var network = Identity();
        Assert.Equal([2, 3], Purified(network, 1, 100, 2, 3));
    }

    // AE(−1, 0) = (−0.64, 0). While 0.64 L₁ > −1 the gradient is (0.64, 0), a constant, so that every step of Adam is
    // one of 0.1 down.
    [Theory, InlineData(0, -0.64), InlineData(1, -0.74), InlineData(9, -1.54)]
    public void The_first_stage_looks_for_what_the_auto_encoder_turns_into_the_answers(int steps, float expected)
    {
        using var network = Identity();
        float[] purified = Purified(network, 0, steps, -1, 0);
        Assert.Equal(expected, purified[0], 1e-5);
        Assert.Equal(0, purified[1]);
    }

    // From L = (−0.74, 0): 100 · |0.64 L₁ − L₁| + |−1 − L₁| falls by 36 − 1 for each unit that L₁ rises, all the way to
    // 0: f steps of 10 times 0.1, stopped at 7 by hand below.
    [Fact]
    public void The_second_stage_moves_onto_the_manifold_ten_steps_for_each_corrupted_client()
    {
        using var network = Identity();
        using var given = tensor(new float[] { -1, 0 }, [1, 2]);
        using var purified = new Purification(
            network,
            corrupted: 1,
            reconstructionSteps: 1,
            stepsPerCorrupted: 7
        ).Purify(given);
        Assert.Equal(-0.74 + 0.7, purified[0, 0].ToSingle(), 1e-5);
        using var twice = new Purification(network, corrupted: 2, reconstructionSteps: 1, stepsPerCorrupted: 3).Purify(
            given
        );
        Assert.Equal(-0.74 + 0.6, twice[0, 0].ToSingle(), 1e-5);
    }

    // Server(x) = x on positive numbers, 0.81 x below.
    [Fact]
    public void The_answer_is_the_servers_on_the_reconstruction_of_what_is_pure()
    {
        using var network = Identity();
        using var answers = tensor(new float[] { -1, 2 }, [1, 1, 2]);
        using var projected = new ManifoldProjection(network).Scores(answers);
        Assert.Equal(-0.64 * 0.81, projected[0, 0].ToSingle(), 1e-6);
        Assert.Equal(2, projected[0, 1].ToSingle());
        // With nobody corrupted L is where 0.64 L = −1, about.
        using var scores = new Copur(network, 0).Scores(answers);
        Assert.InRange(scores[0, 0].ToSingle(), -0.9, -0.72);
    }

    [Theory, InlineData(1, 0), InlineData(10, 0), InlineData(0, 1), InlineData(0, 5), InlineData(5, 5)]
    public void Step_by_step_it_is_plain_autograd_with_torchs_Adam(int first, int second)
    {
        using var scope = NewDisposeScope();
        var network = EveryRule.CopurNetworkOf(5);
        using var generator = RandomStream.Torch(first + 100 * second, "test-pure");
        var given = randn([20, network.Width], generator: generator).mul_(3);
        var plain = PlainCopur.Of(network);
        var expected = stack(
            Enumerable.Range(0, 20).Select(s => plain.Purify(given[s].to(ScalarType.Float64), first, second))
        );
        Assert.InRange(
            EveryRule.Distance(expected, new Purification(network, 1, first, second).Purify(given)),
            0,
            1e-3
        );
    }

    [Fact]
    public void Progress_ends_with_all_samples_done()
    {
        using var network = Identity();
        using var given = rand(600, 2);
        var heard = new Heard();
        using var purified = new Purification(network, 1, 2).Purify(given, heard);
        Assert.Equal([256.0 / 600, 512.0 / 600, 1], heard.Shares);
    }

    sealed class Heard : IProgress<double>
    {
        public List<double> Shares { get; } = [];

        public void Report(double value) => Shares.Add(value);
    }
}
