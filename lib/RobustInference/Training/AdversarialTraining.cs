using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Devices;
using RobustInference.Evaluation;
using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Training;

/// <summary>Where adversarial training stands.</summary>
/// <param name="Pass">Passes done, those of members that are trained already among them.</param>
/// <param name="Loss">Mean cross-entropy of the pass on corrupted batches.</param>
/// <param name="HeldOut">Worst-case accuracy of DeepSet-TM on the held-out part, where it was measured after this
/// pass.</param>
public readonly record struct PassProgress(int Pass, double Loss, double? HeldOut);

/// <summary>Algorithm 1 of the paper: a DeepSet on rows that an inner attack has corrupted.</summary>
/// <remarks>For every batch each sample loses the share of its clients that the recipe leaves out and gets a fresh
/// random set of at most f corrupted ones, whose rows climb the Carlini–Wagner loss from random starts with the
/// network's weights held constant (or, if the recipe says so, all send one class, one-hot, where that is worse: see
/// <see cref="InnerAttack"/>);
/// then one step of Adam or AdamW on the cross-entropy of the corrupted batch, with the gradient of weights that are
/// perturbed if the recipe says so.
/// The network that is returned is by default the one with the best worst-case accuracy, as DeepSet-TM, on a part of
/// the validation data that is not trained on (see <see cref="KeptPass"/>). The test set is never seen.
/// </remarks>
/// <param name="recipe">How.</param>
/// <param name="device">Where; default: <see cref="ComputeDevice.Default"/>. Networks come back to the
/// processor.</param>
public sealed class AdversarialTraining(DeepSetRecipe recipe, Device? device = null)
{
    const int MeasureEvery = 5;

    /// <summary>Trains a network.</summary>
    /// <param name="validation">The server's validation data.</param>
    /// <param name="progress">Told after every pass.</param>
    /// <param name="cancel">Checked before every batch.</param>
    /// <param name="state">Where the run is kept on its way, on the processor; null for nowhere.</param>
    /// <exception cref="InvalidDataException">Fewer than two samples.</exception>
    public DeepSetNetwork Train(
        ProbitSet validation,
        IProgress<PassProgress>? progress = null,
        CancellationToken cancel = default,
        TrainingState? state = null
    )
    {
        if (validation.Samples < 2)
            throw new InvalidDataException(
                $"{validation.Name}: {validation.Samples} validation sample is too few; one is trained on "
                    + "and one chooses the pass"
            );
        if (recipe.HeldOut <= 0 && recipe.Keep != KeptPass.Last)
            throw new ArgumentException($"choosing a pass by {recipe.Keep} needs a share of the data to be held out");
        using var work = LongWork.Begin("training DeepSet");
        TorchThreads.One();
        var random = RandomStream.Managed(recipe.Seed, "deepset-split");
        var order = Enumerable.Range(0, validation.Samples).Select(s => (long)s).ToArray();
        random.ShuffleInplace<long>(order);
        int held = recipe.HeldOut <= 0 ? 0 : Math.Max(1, (int)(recipe.HeldOut * order.Length));
        using var heldOut = held == 0 ? null : validation.Select(order[..held]);
        using var near = validation.Select(order[held..]);
        using var training = near.To(device ?? ComputeDevice.Default);
        // Moments are read back to the processor only.
        if (!training.Device.IsHost())
            state = null;
        var members = new DeepSetNetwork[recipe.Members ?? 1];
        using var kept = state?.Open();
        int first = kept?.ReadInt32() ?? 0;
        for (int m = 0; m < members.Length; m++)
        {
            int before = m * recipe.Passes;
            var own = recipe with { Seed = recipe.Seed + m };
            if (m < first)
            {
                members[m] = new(training.Classes, recipe.Hidden, own.Seed);
                TrainingState.Read(kept!, members[m]);
                continue;
            }
            members[m] = Train(
                own,
                training,
                heldOut,
                pass => progress?.Report(pass with { Pass = before + pass.Pass }),
                cancel,
                m == first ? kept : null,
                keep =>
                    state?.Offer(writer =>
                    {
                        writer.Write(m);
                        foreach (var member in members[..m])
                            TrainingState.Write(writer, member);
                        keep(writer);
                    })
            );
        }
        state?.Delete();
        var network = members.Length == 1 ? members[0] : DeepSetNetwork.Averaged(members);
        if (members.Length > 1)
            foreach (var member in members)
                member.Dispose();
        return network;
    }

    /// <summary>One network.</summary>
    DeepSetNetwork Train(
        DeepSetRecipe recipe,
        ProbitSet training,
        ProbitSet? heldOut,
        Action<PassProgress> progress,
        CancellationToken cancel,
        BinaryReader? kept,
        Action<Action<BinaryWriter>> keep
    )
    {
        var network = new DeepSetNetwork(training.Classes, recipe.Hidden, recipe.Seed).to(training.Device);
        using TorchSharp.Modules.OptimizerHelper optimizer =
            recipe.WeightDecay > 0
                ? optim.AdamW(network.parameters(), recipe.LearningRate, weight_decay: recipe.WeightDecay)
                : optim.Adam(network.parameters(), recipe.LearningRate);
        var averaged = recipe.Averaging > 0 ? network.Copy(training.Device) : null;
        var average = averaged is null ? null : new WeightAverage(averaged, recipe.Averaging);
        DeepSetNetwork? best = null;
        double bestAccuracy = -1,
            bestWorst = -1;
        using var batches = new Batches(training, recipe);
        int first = 0;
        if (kept is not null)
        {
            first = kept.ReadInt32();
            double before = kept.ReadDouble();
            (bestAccuracy, bestWorst) = (kept.ReadDouble(), kept.ReadDouble());
            TrainingState.Read(kept, network);
            if (average is not null)
            {
                average.Steps = kept.ReadInt32();
                TrainingState.Read(kept, averaged!);
            }
            if (kept.ReadBoolean())
                TrainingState.Read(kept, best = network.Copy());
            optimizer.load_state_dict(kept);
            progress(new PassProgress(first, before, bestWorst < 0 ? null : bestWorst));
        }
        for (int pass = first; pass < recipe.Passes; pass++)
        {
            double loss = batches.Pass(network, optimizer, pass, cancel, average);
            double? measured = null;
            if (heldOut is not null && ((pass + 1) % MeasureEvery == 0 || pass + 1 == recipe.Passes))
            {
                var (clean, worst) = Measure(averaged ?? network, heldOut);
                measured = worst;
                bestWorst = Math.Max(bestWorst, worst);
                double criterion = recipe.Keep == KeptPass.BestClean ? clean : worst;
                if (recipe.Keep != KeptPass.Last && criterion > bestAccuracy)
                {
                    best?.Dispose();
                    (best, bestAccuracy) = ((averaged ?? network).Copy(), criterion);
                }
            }
            progress(new PassProgress(pass + 1, loss, measured));
            if (pass + 1 < recipe.Passes)
                keep(writer =>
                {
                    writer.Write(pass + 1);
                    writer.Write(loss);
                    writer.Write(bestAccuracy);
                    writer.Write(bestWorst);
                    TrainingState.Write(writer, network);
                    if (average is not null)
                    {
                        writer.Write(average.Steps);
                        TrainingState.Write(writer, averaged!);
                    }
                    writer.Write(best is not null);
                    if (best is not null)
                        TrainingState.Write(writer, best);
                    optimizer.save_state_dict(writer);
                });
        }
        if (recipe.Keep == KeptPass.Last)
            best = (averaged ?? network).Copy();
        network.Dispose();
        averaged?.Dispose();
        return best!;
    }

    /// <summary>Clean accuracy, and the least over the attacks that need no data of their own, with a corrupted set
    /// drawn for this purpose.</summary>
    (double Clean, double WorstCase) Measure(DeepSetNetwork network, ProbitSet heldOut)
    {
        var threat = ThreatModel.Draw(
            heldOut.Clients,
            recipe.Corrupted,
            (long)(RandomStream.Derive(recipe.Seed, "held-out-threat") >> 1)
        );
        IAttack[] attacks = [.. AttackSuite.Paper.Where(attack => !attack.NeedsValidation)];
        if (recipe.Inner == InnerAttack.WorstOfProjectedGradientAndOneHot)
            attacks = [.. attacks, new AllTargets()];
        var report = new RobustnessEvaluation(heldOut, null, threat, recipe.Seed, network.RhoIn.bias!.device).Run(
            new DeepSetTrimmedMean(network, recipe.Corrupted),
            attacks,
            []
        );
        return (RobustnessReport.Accuracy(report.Clean), report.WorstCase);
    }

    /// <summary>The training samples, pass by pass. Where they have views, a sample is in each pass as it is or as one
    /// of its views, drawn at random.</summary>
    public sealed class Batches : IDisposable
    {
        // A network that knows nothing yet is not moved away from what it learns first.
        const int UnperturbedPasses = 5;

        readonly ProbitSet training,
            all;
        readonly DeepSetRecipe recipe;
        readonly ProjectedGradient ascent;
        readonly MixedRows? mixed;
        readonly int clients,
            total;
        readonly CorruptedSubsets subsets;
        IDeepSetGradient? gradient;

        /// <param name="training">The samples, where the network lies.</param>
        /// <param name="recipe">How.</param>
        /// <param name="near">The same samples on the processor; default: <paramref name="training"/>, of which labels
        /// are read back once.</param>
        public Batches(ProbitSet training, DeepSetRecipe recipe, ProbitSet? near = null)
        {
            (this.training, this.recipe) = (training, recipe);
            // The samples, then their views one after the other.
            all = training.Views.Count == 0 ? training : ProbitSet.Join([training, .. training.Views]);
            ascent = new(recipe.Steps, (float)(recipe.StepSize ?? 0.1));
            clients = Remaining(training, recipe);
            subsets = new(clients, recipe.Corrupted);
            total = recipe.Passes * ((training.Samples + recipe.BatchSize - 1) / recipe.BatchSize);
            if (recipe.Mixed > 0 || recipe.Dropped > 0)
                mixed = new(all == training ? near ?? training : all, recipe.Mixed);
        }

        // Those who lie stay fewer than the others, as they are when it is used.
        static int Remaining(ProbitSet training, DeepSetRecipe recipe) =>
            Math.Max(
                training.Clients - (int)(recipe.Dropped * training.Clients),
                Math.Min(training.Clients, 2 * recipe.Corrupted + 1)
            );

        /// <summary>One pass: mean loss over its samples.</summary>
        public double Pass(
            DeepSetNetwork network,
            optim.Optimizer optimizer,
            int pass,
            CancellationToken cancel = default,
            WeightAverage? average = null
        )
        {
            using var sum = new LossSum();
            Pass(network, optimizer, pass, sum, cancel, average);
            return sum.Total / training.Samples;
        }

        /// <summary>One pass, in which nothing is read back from the device.</summary>
        /// <param name="network">Trained in place.</param>
        /// <param name="optimizer">Its own.</param>
        /// <param name="pass">From 0.</param>
        /// <param name="sum">Takes the losses.</param>
        /// <param name="cancel">Checked before every batch.</param>
        /// <param name="average">Follows the weights.</param>
        public void Pass(
            DeepSetNetwork network,
            optim.Optimizer optimizer,
            int pass,
            LossSum sum,
            CancellationToken cancel = default,
            WeightAverage? average = null
        )
        {
            var random = RandomStream.Managed(recipe.Seed, "deepset-pass", pass);
            using var generator = RandomStream.Torch(recipe.Seed, "deepset-starts", pass);
            var order = Enumerable.Range(0, training.Samples).Select(s => (long)s).ToArray();
            random.ShuffleInplace<long>(order);
            if (training.Views.Count > 0)
                for (int s = 0; s < order.Length; s++)
                    order[s] += (long)training.Samples * random.Next(training.Views.Count + 1);
            int batches = (order.Length + recipe.BatchSize - 1) / recipe.BatchSize;
            for (int b = 0; b < batches; b++)
            {
                LongWork.ThrowIfCancelled(cancel);
                using var scope = NewDisposeScope();
                long[] samples = order[(b * recipe.BatchSize)..Math.Min(order.Length, (b + 1) * recipe.BatchSize)];
                var index = tensor(samples, device: training.Device);
                Tensor answers = mixed is null
                        ? all.Probits.Take(0, index)
                        : all
                            .Probits.view(-1, training.Classes)
                            .Take(0, tensor(mixed.Draw(samples, random, clients), device: training.Device))
                            .view(samples.Length, clients, -1),
                    labels = all.Labels.Take(0, index);
                if (recipe.Adversarial)
                {
                    int[][] corrupted = [.. samples.Select(_ => subsets.Draw(random))];
                    CorruptInplace(network, answers, labels, corrupted, generator);
                }
                foreach (var group in optimizer.ParamGroups)
                    group.LearningRate =
                        recipe.LearningRate * 0.5 * (1 + Math.Cos(Math.PI * (pass * batches + b) / total));
                sum.Add(Step(network, optimizer, answers, labels, pass), samples.Length);
                average?.Follow(network);
            }
        }

        /// <summary>Steps 1 and 2 of Algorithm 1: writes what <see cref="DeepSetRecipe.Inner"/> sends over the
        /// corrupted rows.</summary>
        /// <param name="network">Its weights are constants here.</param>
        /// <param name="answers">[B, n, K], changed in place.</param>
        /// <param name="labels">[B].</param>
        /// <param name="corrupted">Per sample, positions.</param>
        /// <param name="generator">Of the starts.</param>
        public void CorruptInplace(
            DeepSetNetwork network,
            Tensor answers,
            Tensor labels,
            int[][] corrupted,
            Generator generator
        )
        {
            using var scope = NewDisposeScope();
            using var untracked = no_grad();
            var rule = new DeepSet(network);
            using var given = rule.GivenEach(answers, corrupted);
            var start = rand([given.Offsets[^1], training.Classes], generator: generator).to(answers.device);
            if (start.shape[0] == 0)
                return;
            var rows = ascent.Ascend(given, new CarliniWagner(rule.Scale), labels, start, given.Offsets);
            if (recipe.Inner != InnerAttack.ProjectedGradient)
                KeepWorseInplace(
                    given,
                    rows,
                    labels,
                    recipe.Inner == InnerAttack.WorstOfProjectedGradientAndStrongestInverted
                        ? Without(rule.Scores(answers), labels).argmax(1)
                        : null
                );
            Place(rows, answers, corrupted);
        }

        /// <summary>Writes one-hot rows over those of the samples whose cross-entropy is higher under a class that all
        /// corrupted clients agree on.</summary>
        /// <param name="given">The network behind its honest rows.</param>
        /// <param name="rows">[R, K], changed in place.</param>
        /// <param name="labels">[B].</param>
        /// <param name="targets">[B], the classes; null for each sample's worst but its label.</param>
        static void KeepWorseInplace(DeepSetGiven given, Tensor rows, Tensor labels, Tensor? targets)
        {
            using var scope = NewDisposeScope();
            int classes = (int)rows.shape[1];
            var agreed = given.ScoresUnderTargets();
            var own = labels.unsqueeze(1);
            var ofTargets = Without(
                EveryDevice.CrossEntropy(agreed, labels.view(-1, 1, 1).expand(-1, classes, 1)),
                labels
            );
            var place = targets ?? ofTargets.argmax(1);
            var isWorse =
                ofTargets.gather(1, place.unsqueeze(1)).squeeze(1) > EveryDevice.CrossEntropy(given.Scores(rows), own);
            if (!rows.IsOnHost())
            {
                var owners = given.Owners(rows.device);
                var oneHot = OneHot.Rows(place.Take(0, owners), classes);
                rows.copy_(EveryDevice.Where(isWorse.Take(0, owners).unsqueeze(1), oneHot, rows));
                return;
            }
            long[] best = place.Integers();
            bool[] worse = isWorse.data<bool>().ToArray();
            var values = rows.Floats();
            for (int s = 0; s < worse.Length; s++)
            for (int r = given.Offsets[s]; worse[s] && r < given.Offsets[s + 1]; r++)
            {
                var row = values.Slice(r * classes, classes);
                row.Clear();
                row[(int)best[s]] = 1;
            }
        }

        /// <summary>The values of all classes, [B, K], with −∞ for the label's.</summary>
        static Tensor Without(Tensor values, Tensor labels)
        {
            var own = labels.unsqueeze(1);
            return values.scatter(1, own, full_like(own, double.NegativeInfinity, dtype: values.dtype));
        }

        static void Place(Tensor rows, Tensor answers, int[][] corrupted)
        {
            int clients = (int)answers.shape[1],
                classes = (int)answers.shape[2],
                from = 0;
            if (!answers.IsOnHost())
            {
                long[] places = [.. corrupted.SelectMany((own, s) => own.Select(i => (long)s * clients + i))];
                answers.view(-1, classes).index_copy_(0, tensor(places, device: answers.device), rows);
                return;
            }
            Span<float> sent = rows.Floats(),
                all = answers.Floats();
            for (int s = 0; s < corrupted.Length; s++)
                foreach (int position in corrupted[s])
                    sent.Slice(classes * from++, classes).CopyTo(all[((s * clients + position) * classes)..]);
        }

        /// <summary>Step 3: one step on the cross-entropy of the DeepSet, with the plain mean.</summary>
        /// <param name="network">Its weights change.</param>
        /// <param name="optimizer">Its own.</param>
        /// <param name="answers">[B, n, K].</param>
        /// <param name="labels">[B].</param>
        /// <param name="pass">From 0.</param>
        /// <returns>The mean loss before the step.</returns>
        public Tensor Step(
            DeepSetNetwork network,
            optim.Optimizer optimizer,
            Tensor answers,
            Tensor labels,
            int pass = 0
        )
        {
            gradient ??= IDeepSetGradient.For(network, answers);
            var loss = gradient.Write(network, answers, labels);
            if (recipe.Perturbation > 0 && pass >= UnperturbedPasses)
            {
                using var moved = WeightPerturbation.Climb(network, recipe.Perturbation);
                gradient.Write(network, answers, labels);
            }
            optimizer.step();
            return loss;
        }

        public void Dispose()
        {
            gradient?.Dispose();
            if (all != training)
                all.Dispose();
        }
    }
}
