using RobustInference.Aggregators;
using RobustInference.Certificates;
using RobustInference.Devices;
using RobustInference.Evaluation;
using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Training;

/// <summary>Certified training: the cross-entropy of the worst margins that <see cref="DeepSetCertificate"/>'s box
/// allows, beside that of the clean scores; no attack is in the loop.</summary>
/// <remarks>The trimmed mean stands in the forward pass, with its true sub-gradient. Against a fixed set each sample
/// gets a fresh random set of f corrupted clients, whose rows may be anything; against any set no set is drawn. The
/// weight of the worst case grows from 0, and then follows a cost if the recipe names one. The last network is the one
/// that is returned; held-out data are measured on and choose nothing here. The test set is never seen.
/// </remarks>
/// <param name="recipe">How.</param>
/// <param name="device">Where; default: <see cref="ComputeDevice.Default"/>. Held-out data are measured on the
/// processor, where the network comes back to.</param>
public sealed class CertifiedTraining(CertifiedRecipe recipe, Device? device = null)
{
    const int MeasureEvery = 20,
        HeldOutDraws = 5;

    /// <summary>Trains a network.</summary>
    /// <param name="validation">The server's validation data.</param>
    /// <param name="progress">Told after every pass; the held-out figure is certified accuracy, in a fixed threat model
    /// the mean over five sets.</param>
    /// <param name="cancel">Checked before every batch.</param>
    /// <param name="state">Where the run is kept on its way, on the processor; null for nowhere.</param>
    /// <exception cref="InvalidDataException">Nothing is left to train on.</exception>
    /// <exception cref="ArgumentException">Not f ≤ t &lt; n/2.</exception>
    public DeepSetNetwork Train(
        ProbitSet validation,
        IProgress<PassProgress>? progress = null,
        CancellationToken cancel = default,
        TrainingState? state = null
    )
    {
        _ = recipe.TrimOf(validation.Clients);
        using var work = LongWork.Begin("training CertifiedDeepSet");
        TorchThreads.One();
        var (held, rest) = Split(validation);
        if (rest.Length == 0)
            throw new InvalidDataException(
                $"{validation.Name}: of {validation.Samples} validation samples {held.Length} are held out "
                    + "and none is left to train on"
            );
        using var heldOut = held.Length > 0 ? validation.Select(held) : null;
        using var near = validation.Select(rest);
        using var training = near.To(device ?? ComputeDevice.Default);
        // Moments are read back to the processor only.
        if (!training.Device.IsHost())
            state = null;
        var network = new DeepSetNetwork(validation.Classes, recipe.Hidden, recipe.Seed, recipe.Decoder).to(
            training.Device
        );
        using var optimizer = optim.Adam(network.parameters(), recipe.LearningRate);
        var batches = new Batches(training, recipe);
        int first = 0;
        using (var kept = state?.Open())
            if (kept is not null)
            {
                first = kept.ReadInt32();
                double before = kept.ReadDouble();
                batches.Weight = kept.ReadDouble();
                TrainingState.Read(kept, network);
                optimizer.load_state_dict(kept);
                progress?.Report(new PassProgress(first, before, null));
            }
        for (int pass = first; pass < recipe.Passes; pass++)
        {
            double loss = batches.Pass(network, optimizer, pass, cancel);
            bool measured = heldOut is not null && ((pass + 1) % MeasureEvery == 0 || pass + 1 == recipe.Passes);
            progress?.Report(new PassProgress(pass + 1, loss, measured ? Certified() : null));
            if (pass + 1 < recipe.Passes)
                state?.Offer(writer =>
                {
                    writer.Write(pass + 1);
                    writer.Write(loss);
                    writer.Write(batches.Weight);
                    TrainingState.Write(writer, network);
                    optimizer.save_state_dict(writer);
                });
        }
        state?.Delete();
        if (training.Device.IsHost())
            return network;
        var trained = network.Copy();
        network.Dispose();
        return trained;

        double Certified()
        {
            if (training.Device.IsHost())
                return Measure(network, heldOut!).Certified;
            using var copy = network.Copy();
            return Measure(copy, heldOut!).Certified;
        }
    }

    /// <summary>The samples that are held out and those that are trained on.</summary>
    public (long[] HeldOut, long[] Training) Split(ProbitSet validation)
    {
        var order = Enumerable.Range(0, validation.Samples).Select(s => (long)s).ToArray();
        RandomStream.Managed(recipe.Seed, "deepset-split").ShuffleInplace<long>(order);
        int held = (int)(recipe.HeldOut * order.Length);
        return (order[..held], order[held..]);
    }

    /// <summary>Clean accuracy, and certified accuracy, of all samples and class by class: against a fixed set the mean
    /// over some sets drawn for this purpose.</summary>
    public (double Clean, double Certified, IReadOnlyList<double> OfClass) Measure(
        DeepSetNetwork network,
        ProbitSet answers
    )
    {
        int trim = recipe.TrimOf(answers.Clients),
            draws = recipe.Adversary == Adversary.Fixed ? HeldOutDraws : 1;
        var certificate = new DeepSetCertificate(network, trim);
        var rule = new CertifiedDeepSet(network, trim);
        using var untracked = no_grad();
        using var scores = rule.Scores(answers.Probits);
        long[] labels = answers.Labels.Integers();
        var ofClass = new double[answers.Classes];
        double certified = 0;
        for (int draw = 0; draw < draws; draw++)
        {
            bool[] sure = certificate.Certified(
                answers,
                recipe.Adversary,
                ThreatModel.Draw(
                    answers.Clients,
                    recipe.Corrupted,
                    (long)(RandomStream.Derive(recipe.Seed, "held-out-threat", draw) >> 1)
                )
            );
            certified += RobustnessReport.Accuracy(sure) / draws;
            foreach (var (share, k) in ClassAccuracy.Of(sure, labels, answers.Classes).Select((share, k) => (share, k)))
                ofClass[k] += share / draws;
        }
        return (RobustnessReport.Accuracy(Predictions.Correct(scores, answers.Labels)), certified, ofClass);
    }

    /// <summary>The training samples, pass by pass.</summary>
    /// <param name="training">The samples, where the network lies.</param>
    /// <param name="recipe">How.</param>
    /// <param name="near">The same samples on the processor; default: <paramref name="training"/>, of which labels are
    /// read back once.</param>
    public sealed class Batches(ProbitSet training, CertifiedRecipe recipe, ProbitSet? near = null)
    {
        readonly int total = recipe.Passes * ((training.Samples + recipe.BatchSize - 1) / recipe.BatchSize),
            trim = recipe.TrimOf(training.Clients);
        readonly MixedRows mixed = new(near ?? training, recipe.Mixed);
        readonly BoxPlaces places = BoxPlaces.Of(
            training.Clients,
            recipe.TrimOf(training.Clients),
            unknown: recipe.Adversary == Adversary.Fixed ? recipe.Corrupted : 0,
            changed: recipe.Adversary == Adversary.Fixed ? 0 : recipe.Corrupted
        );

        double weight = recipe.Weight;

        /// <summary>The weight of the worst case, which follows the cost from pass to pass.</summary>
        internal double Weight
        {
            get => weight;
            set => weight = value;
        }

        /// <summary>One pass: mean loss over its samples. Passes go in order, since the weight carries over.</summary>
        public double Pass(
            DeepSetNetwork network,
            optim.Optimizer optimizer,
            int pass,
            CancellationToken cancel = default
        )
        {
            using var sum = new LossSum();
            using var lost = new LossSum();
            Pass(network, optimizer, pass, sum, lost, cancel);
            // The gap moves by some tenths of the weight's change within a pass or two: this follows it without
            // swinging.
            if (recipe.Cost is { } cost && (double)(pass + 1) / recipe.Passes >= recipe.Ramp)
                weight = Math.Clamp(weight + cost - lost.Total / training.Samples, 0, 1);
            return sum.Total / training.Samples;
        }

        /// <summary>One pass, in which nothing is read back from the device and the weight stays.</summary>
        /// <param name="network">Trained in place.</param>
        /// <param name="optimizer">Its own.</param>
        /// <param name="pass">From 0.</param>
        /// <param name="sum">Takes the losses.</param>
        /// <param name="lost">Takes the samples that the plain mean has right and the network wrong, less those the
        /// other way round, where the recipe names a cost.</param>
        /// <param name="cancel">Checked before every batch.</param>
        public void Pass(
            DeepSetNetwork network,
            optim.Optimizer optimizer,
            int pass,
            LossSum sum,
            LossSum lost,
            CancellationToken cancel = default
        )
        {
            var random = RandomStream.Managed(recipe.Seed, "certified-pass", pass);
            var order = Enumerable.Range(0, training.Samples).Select(s => (long)s).ToArray();
            random.ShuffleInplace<long>(order);
            int batches = (order.Length + recipe.BatchSize - 1) / recipe.BatchSize;
            for (int b = 0; b < batches; b++)
            {
                LongWork.ThrowIfCancelled(cancel);
                using var scope = NewDisposeScope();
                long[] samples = order[(b * recipe.BatchSize)..Math.Min(order.Length, (b + 1) * recipe.BatchSize)];
                double done = (double)(pass * batches + b) / total;
                foreach (var group in optimizer.ParamGroups)
                    group.LearningRate = recipe.LearningRate * 0.5 * (1 + Math.Cos(Math.PI * done));
                var rows = training
                    .Probits.view(-1, training.Classes)
                    .Take(0, tensor(mixed.Draw(samples, random), device: training.Device))
                    .view(samples.Length, training.Clients, -1);
                var labels = training.Labels.Take(0, tensor(samples, device: training.Device));
                var (loss, scores) = Step(network, optimizer, rows, labels, weight * Math.Min(1, done / recipe.Ramp));
                sum.Add(loss, samples.Length);
                if (recipe.Cost is not null)
                    lost.Add(Right(rows.mean([1L]), labels) - Right(scores, labels), 1);
            }
        }

        /// <summary>One step on (1−w)·clean + w·worst case.</summary>
        (Tensor Loss, Tensor Scores) Step(
            DeepSetNetwork network,
            optim.Optimizer optimizer,
            Tensor rows,
            Tensor labels,
            double weight
        )
        {
            using var tracked = enable_grad();
            optimizer.zero_grad();
            var encodings = network.Encode(rows);
            var scores = network.Decode(OrderStatistics.RangeMean(encodings, trim, training.Clients - trim));
            var known =
                recipe.Adversary == Adversary.Fixed
                    ? encodings.narrow(1, 0, training.Clients - recipe.Corrupted)
                    : encodings;
            var margins = WorstCaseMargins.Of(network, known, places, labels);
            // A network whose score for the label is 0 and for every rival −margin has exactly these margins.
            var loss =
                nn.functional.cross_entropy(scores, labels) * (1 - weight)
                + nn.functional.cross_entropy(-margins, labels) * weight;
            loss.backward();
            optimizer.step();
            return (loss.detach(), scores.detach());
        }

        /// <summary>How many labels lead alone, as one float32.</summary>
        static Tensor Right(Tensor scores, Tensor labels)
        {
            using var scope = NewDisposeScope();
            var own = scores.gather(1, labels.unsqueeze(1));
            // At least the label itself is not below it.
            return (scores >= own).sum(1).eq(1).sum().to(ScalarType.Float32).MoveToOuterDisposeScope();
        }
    }
}
