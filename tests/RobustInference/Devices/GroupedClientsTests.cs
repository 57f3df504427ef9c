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
}
