using RobustInference.Aggregators;
using RobustInference.Devices;
using RobustInference.Evaluation;
using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Training;

/// <summary>Trains COPUR's networks on uncorrupted logits (Liu et al., 2022): the auto-encoder on the squared error,
/// then, with the auto-encoder as it is, the server's model on the cross-entropy.</summary>
/// <remarks>Of the auto-encoder the pass with the least squared error is kept and of the server's model that with the
/// best accuracy, the first among equals, both on a part of the validation data that is not trained on. The test set is
/// never seen.</remarks>
/// <param name="recipe">How.</param>
/// <param name="device">Where; default: <see cref="ComputeDevice.Default"/>. The networks come back to the
/// processor.</param>
public sealed class CopurTraining(CopurRecipe recipe, Device? device = null)
{
    /// <summary>Trains both networks.</summary>
    /// <param name="validation">The server's validation data.</param>
    /// <param name="progress">Told after every pass.</param>
    /// <param name="cancel">Checked before every batch.</param>
    /// <exception cref="InvalidDataException">Fewer than two samples.</exception>
    public CopurNetwork Train(
        ProbitSet validation,
        IProgress<CopurProgress>? progress = null,
        CancellationToken cancel = default
    )
    {
        if (validation.Samples < 2)
            throw new InvalidDataException(
                $"{validation.Name}: {validation.Samples} validation sample is too few; one is trained on "
                    + "and one chooses the pass"
            );
        using var work = LongWork.Begin("training COPUR");
        TorchThreads.One();
        using var scope = NewDisposeScope();
        long[] order = [.. Enumerable.Range(0, validation.Samples).Select(s => (long)s)];
        RandomStream.Managed(recipe.Seed, "copur-split").ShuffleInplace<long>(order);
        int held = Math.Max(1, (int)(recipe.HeldOut * order.Length));
        var network = new CopurNetwork(
            validation.Clients,
            validation.Classes,
            recipe.Hidden,
            recipe.Encoding,
            recipe.Server,
            recipe.Seed
        ).to(device ?? ComputeDevice.Default);
        var on = network.AutoEncoderLayers[0].bias!.device;
        var logits = network.Flatten(validation.Logits.to(on));
        Tensor kept = tensor(order[..held], device: on),
            learnt = tensor(order[held..], device: on);
        Tensor training = logits.index_select(0, learnt),
            heldOut = logits.index_select(0, kept);

        Best(
            server: false,
            recipe.AutoEncoderPasses,
            recipe.AutoEncoderRate,
            training,
            training,
            (input, target) => nn.functional.mse_loss(network.Reconstruct(input), target),
            () => nn.functional.mse_loss(network.Reconstruct(heldOut), heldOut).cpu().ToSingle(),
            (now, before) => now < before
        );

        Tensor reconstructed,
            heldOutReconstructed;
        using (no_grad())
            (reconstructed, heldOutReconstructed) = (network.Reconstruct(training), network.Reconstruct(heldOut));
        var labels = validation.Labels.to(on);
        var heldOutLabels = labels.index_select(0, kept);
        Best(
            server: true,
            recipe.ServerPasses,
            recipe.ServerRate,
            reconstructed,
            labels.index_select(0, learnt),
            (input, target) => nn.functional.cross_entropy(network.Decide(input), target),
            () => RobustnessReport.Accuracy(Predictions.Correct(network.Decide(heldOutReconstructed), heldOutLabels)),
            (now, before) => now > before
        );
        if (on.IsHost())
            return network;
        var trained = network.Copy();
        network.Dispose();
        return trained;

        // Leaves the network with the weights of its best pass.
        void Best(
            bool server,
            int passes,
            double rate,
            Tensor inputs,
            Tensor targets,
            Func<Tensor, Tensor, Tensor> loss,
            Func<double> measure,
            Func<double, double, bool> better
        )
        {
            var layers = server ? network.ServerLayers : network.AutoEncoderLayers;
            Tensor[] weights = [.. layers.SelectMany(layer => layer.parameters())];
            using var optimizer = optim.Adam(layers.SelectMany(layer => layer.parameters()), rate);
            Tensor[]? best = null;
            double bestMeasure = double.NaN;
            for (int pass = 0; pass < passes; pass++)
            {
                using var sum = new LossSum();
                var random = RandomStream.Managed(recipe.Seed, server ? "copur-server-pass" : "copur-pass", pass);
                foreach (long[] batch in Batches(random, (int)inputs.shape[0]))
                {
                    LongWork.ThrowIfCancelled(cancel);
                    using var value = Step(optimizer, batch, inputs, targets, loss);
                    sum.Add(value, batch.Length);
                }
                using var untracked = no_grad();
                double measured;
                using (NewDisposeScope())
                    measured = measure();
                if (best is null || better(measured, bestMeasure))
                {
                    best ??= [.. weights.Select(weight => weight.detach().clone())];
                    foreach (var (copy, weight) in best.Zip(weights))
                        copy.copy_(weight);
                    bestMeasure = measured;
                }
                progress?.Report(new CopurProgress(server, pass + 1, sum.Total / inputs.shape[0], measured));
            }
            using var constant = no_grad();
            if (best is not null)
                foreach (var (copy, weight) in best.Zip(weights))
                    weight.copy_(copy);
        }
    }

    long[][] Batches(Random random, int samples)
    {
        long[] order = [.. Enumerable.Range(0, samples).Select(s => (long)s)];
        random.ShuffleInplace<long>(order);
        return [.. order.Chunk(recipe.BatchSize)];
    }

    static Tensor Step(
        optim.Optimizer optimizer,
        long[] batch,
        Tensor inputs,
        Tensor targets,
        Func<Tensor, Tensor, Tensor> loss
    )
    {
        using var scope = NewDisposeScope();
        using var tracked = enable_grad();
        var index = tensor(batch, device: inputs.device);
        optimizer.zero_grad();
        var value = loss(inputs.index_select(0, index), targets.index_select(0, index));
        value.backward();
        optimizer.step();
        return value.detach().MoveToOuterDisposeScope();
    }
}
