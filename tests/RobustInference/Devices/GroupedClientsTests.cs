using RobustInference.Clients;
using RobustInference.Numerics;
using RobustInference.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Devices;

/// <summary>Clients that train together become what they become alone. On the processor, where the arithmetic is that
/// of the clients' own path up to the order of sums.</summary>
public class GroupedClientsTests
{
    const int Classes = 5,
        Count = 3;

    static ImageDataset Images(int count, int seed)
    {
        var random = new Random(seed);
        var pixels = new byte[count * ImageDataset.ImageBytes];
        random.NextBytes(pixels);
        return new("made-up", Classes, pixels, [.. Enumerable.Range(0, count).Select(_ => (byte)random.Next(Classes))]);
    }

    [Fact]
    public void Batches_of_a_device_are_those_of_the_processor()
    {
        using var scope = NewDisposeScope();
        var data = Images(40, 1);
        using var far = new DeviceImages(data, CPU);
        int[] share = [.. Enumerable.Range(3, 30)];
        var near = new ImageBatches(data).Training(share, 8, new Random(5)).ToArray();
        var plans = ImageBatches.Plan(share, 8, new Random(5)).ToArray();
        Assert.Equal(near.Length, plans.Length);
        foreach (var ((inputs, labels), plan) in near.Zip(plans))
        {
            var (ownInputs, ownLabels) = far.Batch(plan);
            Assert.Equal(0, (inputs - ownInputs).abs().max().item<float>());
            Assert.Equal(labels.Integers(), ownLabels.Integers());
        }
    }

    [Theory, InlineData(0.9), InlineData(0)]
    public void A_member_takes_the_steps_that_it_takes_alone(double momentum)
    {
        using var scope = NewDisposeScope();
        using var images = new DeviceImages(Images(60, 2), CPU);
        var alone = Enumerable.Range(0, Count).Select(client => new ResNet8(Classes, 4, 9, client)).ToArray();
        using var group = new GroupedResNet8(alone, CPU);
        using var descent = new GroupedDescent(group, momentum, 5e-4);
        var optimizers = alone
            .Select(network =>
                optim.SGD(network.parameters(), 0.05, momentum: momentum, weight_decay: 5e-4, nesterov: momentum > 0)
            )
            .ToArray();
        // The third client is left out of the second step, as one is whose batch is smaller.
        long[][] steps =
        [
            [0, 1, 2],
            [0, 1],
            [0, 1, 2],
        ];
        double[] rates = [0.05, 0.02, 0.01];
        for (int s = 0; s < steps.Length; s++)
        {
            var batches = steps[s]
                .Select(client => images.Batch(AugmentedBatch.Plain([.. Enumerable.Range((int)(client * 9) + s, 7)])))
                .ToArray();
            var losses = descent.Step(
                tensor(steps[s]),
                stack([.. batches.Select(batch => batch.Inputs)]),
                stack([.. batches.Select(batch => batch.Labels)]),
                tensor(steps[s].Select(client => (float)(rates[s] * (client + 1))).ToArray())
            );
            for (int i = 0; i < steps[s].Length; i++)
            {
                int client = (int)steps[s][i];
                foreach (var parameters in optimizers[client].ParamGroups)
                    parameters.LearningRate = rates[s] * (client + 1);
                alone[client].train();
                optimizers[client].zero_grad();
                var loss = nn.functional.cross_entropy(alone[client].call(batches[i].Inputs), batches[i].Labels);
                loss.backward();
                optimizers[client].step();
                Assert.Equal(loss.item<float>(), losses[i].item<float>(), 1e-4);
            }
        }
        var (test, _) = images.Batch(AugmentedBatch.Plain([.. Enumerable.Range(40, 12)]));
        for (int client = 0; client < Count; client++)
        {
            using var copy = new ResNet8(Classes, 4, 0, 0);
            group.CopyTo(client, copy);
            copy.eval();
            alone[client].eval();
            Assert.Equal(0, (copy.call(test) - alone[client].call(test)).abs().max().item<float>(), 2e-3);
        }
    }

    [Fact]
    public void Channels_that_come_last_change_no_answer_and_are_refused_in_training()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using var images = new DeviceImages(Images(20, 2), CPU);
        ResNet8[] members = [.. Enumerable.Range(0, Count).Select(client => new ResNet8(Classes, 4, 9, client))];
        using var first = new GroupedResNet8(members, CPU);
        using var last = new GroupedResNet8(members, CPU, channelsLast: true);
        var who = tensor(new long[] { 0, 1, 2 });
        var (inputs, _) = images.Batch(AugmentedBatch.Plain([.. Enumerable.Range(0, 12)]));
        var batches = inputs.view(Count, 4, 3, 32, 32);
        Tensor Logits(GroupedResNet8 group, bool training) => group.Forward(batches, group.Leaves(who), who, training);
        Assert.Equal(0, (Logits(first, false) - Logits(last, false)).abs().max().item<float>(), 1e-4);
        Assert.Throws<InvalidOperationException>(() => Logits(last, true));
    }

    /// <summary>Stopped at the end of an epoch and begun again, clients of different sizes end where they would
    /// have.</summary>
    [Fact]
    public void A_group_that_was_stopped_goes_on_from_the_epochs_of_each()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var data = Images(200, 4);
        var recipe = new ClientRecipe("made-up", 2, 3, 1, Width: 4, Epochs: 4, BatchSize: 16, LearningRate: 0.02);
        int[][] shares =
        [
            [.. Enumerable.Range(0, 40)],
            [.. Enumerable.Range(40, 90)],
            [.. Enumerable.Range(130, 55)],
        ];
        TrainingState? StateOf(int client) => new(folder.File($"{client}"), TimeSpan.Zero);
        float[][] Trained(Func<int, TrainingState?>? stateOf, int stopAfter)
        {
            using var inner = NewDisposeScope();
            ResNet8[] members = [.. Enumerable.Range(0, 3).Select(client => new ResNet8(Classes, 4, 9, client))];
            using var group = new GroupedClients(recipe, [0, 1, 2], shares, members, data, CPU, stateOf: stateOf);
            using var stop = new CancellationTokenSource();
            var heard = new EpochStopper(stopAfter, stop);
            while (group.Train(heard, stop.Token) is not null) { }
            return
            [
                .. members.Select(
                    (member, client) =>
                    {
                        group.CopyTo(client, member);
                        return member.parameters().SelectMany(weight => weight.Floats().ToArray()).ToArray();
                    }
                ),
            ];
        }
        float[][] undisturbed = Trained(null, 0);
        Assert.ThrowsAny<OperationCanceledException>(() => Trained(StateOf, 2));
        Assert.True(File.Exists(folder.File("0")));
        Assert.False(File.Exists(folder.File("1")));
        Assert.ThrowsAny<OperationCanceledException>(() => Trained(StateOf, 4));
        float[][] resumed = Trained(StateOf, 0);
        for (int client = 0; client < 3; client++)
            Assert.Equal(0, undisturbed[client].Zip(resumed[client], (a, b) => Math.Abs(a - b)).Max(), 1e-4);
    }

    /// <summary>Cancels after a number of epochs, of all clients together.</summary>
    sealed class EpochStopper(int epochs, CancellationTokenSource stop) : IProgress<ClientProgress>
    {
        int heard;

        public void Report(ClientProgress value)
        {
            if (double.IsFinite(value.Loss) && ++heard == epochs)
                stop.Cancel();
        }
    }

    [Fact]
    public void Batches_of_a_device_read_nothing_back()
    {
        using var scope = NewDisposeScope();
        using var images = new DeviceImages(Images(10, 1), META);
        var (inputs, labels) = images.Batch(AugmentedBatch.Plain([1, 4, 7]));
        Assert.Equal([3, 3, 32, 32], inputs.shape);
        Assert.Equal([3], labels.shape);
    }

    /// <summary>Whole trainings: shares of several sizes, last batches that are smaller, three epochs.</summary>
    [Fact]
    public void Whole_trainings_have_the_same_losses()
    {
        using var scope = NewDisposeScope();
        var data = Images(400, 3);
        var recipe = new ClientRecipe("made-up", 2, 4, 1, Width: 4, Epochs: 3, BatchSize: 16, LearningRate: 0.02);
        using var folder = new TemporaryFolder();
        var alone = new Heard();
        var training = new ClientTraining(recipe, ClientTask.ForImages(recipe, data, data), folder.Path, CPU);
        training.Run(1, alone, default).Dispose();
        int[] clients = [0, 1, 2, 3];
        var members = clients.Select(client => new ResNet8(Classes, recipe.Width, recipe.Seed, client)).ToArray();
        using var group = new GroupedClients(
            recipe,
            clients,
            training.Partition.Clients,
            members,
            data,
            CPU,
            ScalarType.Float32
        );
        var together = new Heard();
        var order = new List<int>();
        while (group.Train(together, default) is { } client)
            order.Add(client);
        Assert.Equal(clients, order.Order());
        foreach (int client in clients)
        {
            Assert.Equal(recipe.Epochs, together.Losses[client].Count);
            foreach (var (a, b) in alone.Losses[client].Zip(together.Losses[client]))
                Assert.Equal(a, b, 0.02);
        }
    }

    sealed class Heard : IProgress<ClientProgress>
    {
        public Dictionary<int, List<double>> Losses { get; } = [];

        public void Report(ClientProgress value)
        {
            if (!double.IsFinite(value.Loss))
                return;
            if (!Losses.TryGetValue(value.Client, out var own))
                Losses[value.Client] = own = [];
            own.Add(value.Loss);
        }
    }
}
