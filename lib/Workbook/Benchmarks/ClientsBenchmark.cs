using RobustInference.Clients;
using RobustInference.Numerics;
using RobustInference.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Workbook.Benchmarks;

/// <summary>Training of a ResNet-8 client on one thread, by turns: this program's step, the plain loop in TorchSharp
/// and, where the system has it, PyTorch's, on the same batches; then two clients side by side. Made-up images: the
/// work does not depend on them.</summary>
public static class ClientsBenchmark
{
    const int Batches = 4,
        Rounds = 5;
    static readonly ClientRecipe Recipe = new("made up", Alpha: 0.5, Clients: 17, Seed: 0);
    const int Classes = 10;

    public static IReadOnlyList<BenchmarkRow> Run() => Run(Batches, Rounds, Recipe.Width);

    /// <param name="count">Batches in a turn.</param>
    /// <param name="rounds">Turns of each side.</param>
    /// <param name="width">Of the network.</param>
    public static IReadOnlyList<BenchmarkRow> Run(int count, int rounds, int width)
    {
        TorchThreads.One();
        using var scope = NewDisposeScope();
        int images = count * Recipe.BatchSize;
        var random = RandomStream.Managed(0, "bench-clients");
        byte[] pixels = new byte[images * ImageDataset.ImageBytes],
            labels = new byte[images];
        random.NextBytes(pixels);
        for (int i = 0; i < images; i++)
            labels[i] = (byte)random.Next(Classes);
        var data = new ImageBatches(new ImageDataset("made up", Classes, pixels, labels));
        var batches = data.Training([.. Enumerable.Range(0, images)], Recipe.BatchSize, random).ToArray();
        // As a loader hands them out that knows nothing of the order in memory.
        var plainBatches = batches.Select(batch => (Inputs: batch.Inputs.contiguous(), batch.Labels)).ToArray();
        using var ours = new Client(new ResNet8(Classes, width, 0, 0));
        using var other = new Client(new ResNet8(Classes, width, 0, 1));
        using var plain = new Client(new PlainResNet8(Classes, width));
        using var pytorch = PyTorchClient.Start(
            plainBatches,
            width,
            Classes,
            Recipe.LearningRate,
            Recipe.Momentum,
            Recipe.WeightDecay
        );
        var pytorchSeconds = new List<double>();
        double[] seconds = InterleavedTimer.ProcessorSeconds(
            rounds,
            () => ours.Turn(batches),
            () => plain.Turn(plainBatches),
            () => pytorchSeconds.Add(pytorch?.Turn() ?? 0)
        );
        var rows = new List<BenchmarkRow>
        {
            new("this program", images / seconds[0], "images/s"),
            new("plain TorchSharp", images / seconds[1], "images/s"),
            new("ratio to plain TorchSharp", seconds[1] / seconds[0], "x"),
        };
        if (pytorch is not null)
        {
            // The first turn is not counted, as on the other sides.
            double median = pytorchSeconds.Skip(1).Order().ElementAt(rounds / 2);
            rows.Add(new($"PyTorch {pytorch.Version}", images / median, "images/s"));
            rows.Add(new("ratio to PyTorch", median / seconds[0], "x"));
        }
        double[] alone = InterleavedTimer.Seconds(
            rounds,
            () => SideBySide(() => ours.Turn(batches)),
            () => SideBySide(() => ours.Turn(batches), () => other.Turn(batches))
        );
        rows.Add(new("two clients on two threads, images of both", 2 * alone[0] / alone[1], "x"));
        return rows;
    }

    static void SideBySide(params Action[] turns) =>
        Task.WaitAll([
            .. turns.Select(turn =>
                Task.Factory.StartNew(
                    () =>
                    {
                        set_num_threads(1);
                        turn();
                    },
                    TaskCreationOptions.LongRunning
                )
            ),
        ]);

    /// <summary>A network with its optimiser.</summary>
    sealed class Client : IDisposable
    {
        readonly nn.Module<Tensor, Tensor> network;
        readonly optim.Optimizer optimizer;

        public Client(nn.Module<Tensor, Tensor> network)
        {
            (this.network, optimizer) = (network, ClientTraining.Optimiser(Recipe, network));
            network.train();
        }

        public void Turn((Tensor Inputs, Tensor Labels)[] batches)
        {
            foreach (var (inputs, labels) in batches)
            {
                using var scope = NewDisposeScope();
                ClientTraining.Step(network, optimizer, inputs, labels);
            }
        }

        public void Dispose()
        {
            network.Dispose();
            optimizer.Dispose();
        }
    }
}
