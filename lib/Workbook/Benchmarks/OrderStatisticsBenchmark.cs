using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Workbook.Benchmarks;

/// <summary>Trimmed mean of [256, 17, 128] with t = 4, forward and backward, against torch's sort.</summary>
public static class OrderStatisticsBenchmark
{
    const int Samples = 256,
        Clients = 17,
        Width = 128,
        Trim = 4,
        Rounds = 21,
        Inner = 5;

    public static IReadOnlyList<BenchmarkRow> Run()
    {
        TorchThreads.One();
        using var generator = RandomStream.Torch(0, "bench-order-statistics");
        using var values = rand([Samples, Clients, Width], generator: generator);
        using var outer = rand([Samples, Width], generator: generator);
        double[] seconds = InterleavedTimer.Seconds(
            Rounds,
            () => Repeat(v => v.sort(1).Values.narrow(1, Trim, Clients - 2 * Trim).mean([1L])),
            () => Repeat(v => OrderStatistics.RangeMean(v, Trim, Clients - Trim))
        );
        return
        [
            new("torch's sort", 1000 * seconds[0] / Inner, "ms"),
            new("compare-exchange network", 1000 * seconds[1] / Inner, "ms"),
            new("ratio", seconds[0] / seconds[1], "x"),
        ];

        void Repeat(Func<Tensor, Tensor> trimmedMean)
        {
            for (int i = 0; i < Inner; i++)
            {
                using var scope = NewDisposeScope();
                var variable = values.detach().requires_grad_();
                trimmedMean(variable).backward([outer]);
            }
        }
    }
}
