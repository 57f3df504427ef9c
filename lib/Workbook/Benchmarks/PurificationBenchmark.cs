using RobustInference.Aggregators;
using RobustInference.Networks;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Workbook.Benchmarks;

/// <summary>COPUR's purification of a batch of 256 (n = 17, K = 10, f = 1: 110 steps of Adam): the plain way
/// back-propagates into the weights at every step.</summary>
public static class PurificationBenchmark
{
    const int Batch = 256,
        Clients = 17,
        Classes = 10,
        Steps = 100,
        Rounds = 3;
    const double TestSet = 10_000;

    public static IReadOnlyList<BenchmarkRow> Run()
    {
        TorchThreads.One();
        using var scope = NewDisposeScope();
        using var network = new CopurNetwork(Clients, Classes, hidden: 200, encoding: 120, server: 256, seed: 0);
        using var generator = RandomStream.Torch(0, "bench-purification");
        var logits = randn([Batch, network.Width], generator: generator).mul_(4);
        double[] seconds = InterleavedTimer.Seconds(
            Rounds,
            () => Plain(network, logits).Dispose(),
            () => new Purification(network, 1).Purify(logits).Dispose()
        );
        return
        [
            new("plain", seconds[0], "s"),
            new("ours", seconds[1], "s"),
            new("ratio", seconds[0] / seconds[1], "x"),
            new("10,000 samples, ours", seconds[1] * TestSet / Batch, "s"),
        ];
    }

    /// <summary>Autograd, torch's Adam.</summary>
    static Tensor Plain(CopurNetwork network, Tensor given)
    {
        using var scope = NewDisposeScope();
        using var tracked = enable_grad();
        var current = network.Reconstruct(given).detach();
        Descend(Steps, x => Lengths(network.Reconstruct(x) - given).sum());
        Descend(Steps / 10, x => 100 * Lengths(network.Reconstruct(x) - x).sum() + Lengths(given - x).sum());
        return current.MoveToOuterDisposeScope();

        void Descend(int steps, Func<Tensor, Tensor> objective)
        {
            var variable = nn.Parameter(current.clone());
            using var adam = optim.Adam([variable], Purification.LearningRate);
            for (int i = 0; i < steps; i++)
            {
                using var inner = NewDisposeScope();
                adam.zero_grad();
                objective(variable).backward();
                adam.step();
            }
            current = variable.detach();
        }

        Tensor Lengths(Tensor rows) => rows.view(-1, Clients, Classes).norm(2, p: 2);
    }
}
