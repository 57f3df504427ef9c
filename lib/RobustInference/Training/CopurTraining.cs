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
    /// <param name="state">Where the run is kept on its way, on the processor; null for nowhere.</param>
    /// <exception cref="InvalidDataException">Fewer than two samples.</exception>
    public CopurNetwork Train(
        ProbitSet validation,
        IProgress<CopurProgress>? progress = null,
        CancellationToken cancel = default,
        TrainingState? state = null
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
        // Moments are read back to the processor only.
        if (!on.IsHost())
            state = null;
        using var before = state?.Open();
        bool isInServer = before?.ReadBoolean() ?? false;
        if (before is not null)
            TrainingState.Read(before, network);
        var logits = network.Flatten(validation.Logits.to(on));
        Tensor kept = tensor(order[..held], device: on),
            learnt = tensor(order[held..], device: on);
        Tensor training = logits.Take(0, learnt),
            heldOut = logits.Take(0, kept);

        if (!isInServer)
            Best(
                server: false,
                recipe.AutoEncoderPasses,
                recipe.AutoEncoderRate,
                training,
                training,
                (input, target) => nn.functional.mse_loss(network.Reconstruct(input), target),
                () => nn.functional.mse_loss(network.Reconstruct(heldOut), heldOut).cpu().ToSingle(),
                (now, earlier) => now < earlier,
                before
            );

        Tensor reconstructed,
            heldOutReconstructed;
        using (no_grad())
            (reconstructed, heldOutReconstructed) = (network.Reconstruct(training), network.Reconstruct(heldOut));
        var labels = validation.Labels.to(on);
        var heldOutLabels = labels.Take(0, kept);
        Best(
            server: true,
            recipe.ServerPasses,
            recipe.ServerRate,
            reconstructed,
            labels.Take(0, learnt),
            (input, target) => nn.functional.cross_entropy(network.Decide(input), target),
            () => RobustnessReport.Accuracy(Predictions.Correct(network.Decide(heldOutReconstructed), heldOutLabels)),
            (now, earlier) => now > earlier,
            isInServer ? before : null
        );
        state?.Delete();
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
            Func<double, double, bool> better,
            BinaryReader? begun
        )
        {
            var layers = server ? network.ServerLayers : network.AutoEncoderLayers;
            Tensor[] weights = [.. layers.SelectMany(layer => layer.parameters())];
            using var optimizer = optim.Adam(layers.SelectMany(layer => layer.parameters()), rate);
            Tensor[]? best = null;
            double bestMeasure = double.NaN;
            int first = 0;
            if (begun is not null)
            {
                first = begun.ReadInt32();
                var last = new CopurProgress(server, first, begun.ReadDouble(), begun.ReadDouble());
                bestMeasure = begun.ReadDouble();
                best = [.. weights.Select(weight => weight.detach().clone())];
                foreach (var copy in best)
                    TrainingState.Read(begun, copy);
                optimizer.load_state_dict(begun);
                progress?.Report(last);
            }
            for (int pass = first; pass < passes; pass++)
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
                double mean = sum.Total / inputs.shape[0];
                progress?.Report(new CopurProgress(server, pass + 1, mean, measured));
                state?.Offer(writer =>
                {
                    writer.Write(server);
                    TrainingState.Write(writer, network);
                    writer.Write(pass + 1);
                    writer.Write(mean);
                    writer.Write(measured);
                    writer.Write(bestMeasure);
                    foreach (var copy in best)
                        TrainingState.Write(writer, copy);
                    optimizer.save_state_dict(writer);
                });
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
        var value = loss(inputs.Take(0, index), targets.Take(0, index));
        value.backward();
        optimizer.step();
        return value.detach().MoveToOuterDisposeScope();
    }
}
