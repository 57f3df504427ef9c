using RobustInference.Aggregators;
using RobustInference.Certificates;
using RobustInference.Devices;
using RobustInference.Evaluation;
using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustInference.Training;

/// <summary>Training of a <see cref="CertifiedVote"/>: the cross-entropy of the very margins that
/// <see cref="CertifiedVoteCertificate"/> gives, beside that of the clean scores; no attack is in the loop and nothing
/// is relaxed.</summary>
/// <remarks>Against a fixed set each sample gets a fresh random set of f corrupted clients, whose votes all go to the
/// rival; against any set, the f clients with the greatest leads are taken away per rival. Margins are scaled by a
/// learned temperature, which the rule itself does not need. The weight of the worst case grows from 0. The last
/// network is the one that is returned; held-out data are measured on and choose nothing here. The test set is never
/// seen.
/// </remarks>
/// <param name="recipe">How.</param>
/// <param name="device">Where; default: <see cref="ComputeDevice.Default"/>. Held-out data are measured on the
/// processor, where the network comes back to.</param>
public sealed class CertifiedVoteTraining(CertifiedVoteRecipe recipe, Device? device = null)
{
    const double LeastInfluence = 0.02,
        TableDecay = 1;

    // Of the running share of a class that is certified: how fast it forgets, and what is added to it, since nothing is
    // certified at first.
    const double Forgets = 0.05,
        Least = 0.02;

    /// <summary>Trains the members one after the other.</summary>
    /// <param name="validation">The server's validation data.</param>
    /// <param name="progress">Told after every pass, those of all members counted; the last has certified accuracy on
    /// what is held out, for the recipe's threat model.</param>
    /// <param name="cancel">Checked before every batch.</param>
    /// <param name="state">Where the run is kept on its way, on the processor; null for nowhere.</param>
    /// <exception cref="InvalidDataException">Nothing is left to train on.</exception>
    /// <exception cref="ArgumentException">Not f &lt; n/2, or no members.</exception>
    public VoteNetwork Train(
        ProbitSet validation,
        IProgress<PassProgress>? progress = null,
        CancellationToken cancel = default,
        TrainingState? state = null
    )
    {
        _ = ThreatModel.Draw(validation.Clients, recipe.Corrupted, 0);
        if (recipe.Members < 1)
            throw new ArgumentException($"{recipe.Members} members; at least one is needed");
        using var work = LongWork.Begin("training CertifiedVote");
        TorchThreads.One();
        var (held, rest) = Split(validation);
        if (rest.Length == 0)
            throw new InvalidDataException(
                $"{validation.Name}: of {validation.Samples} validation samples {held.Length} are "
                    + $"held out and none is left to train on"
            );
        using var heldOut = held.Length > 0 ? validation.Select(held) : null;
        using var near = validation.Select(rest);
        using var training = near.To(device ?? ComputeDevice.Default);
        int units = recipe.UnitsPerClass(validation);
        // Moments are read back to the processor only.
        if (!training.Device.IsHost())
            state = null;
        var members = new List<VoteMember>();
        VoteNetwork? network = null;
        using var kept = state?.Open();
        int firstMember = kept?.ReadInt32() ?? 0;
        for (int m = 0; m < recipe.Members; m++)
        {
            TrainableVote drawn =
                units > 0
                    ? new SharedVote(validation.Clients, validation.Classes, units, recipe.Seed, m)
                    : new VoteMember(
                        validation.Clients,
                        validation.Classes,
                        recipe.Hidden,
                        recipe.Embedding,
                        recipe.Seed,
                        m
                    );
            if (m < firstMember)
            {
                var finished = drawn.ToMember();
                TrainingState.Read(kept!, finished);
                members.Add(finished);
                if (finished != drawn)
                    drawn.Dispose();
                continue;
            }
            var member = drawn.to(training.Device);
            var averaged = recipe.Averaging > 0 ? member.Copy(training.Device) : null;
            var average = averaged is null ? null : new WeightAverage(averaged, recipe.Averaging);
            using (var batches = new Batches(member, training, recipe, m))
            {
                int first = 0;
                if (kept is not null && m == firstMember)
                {
                    first = kept.ReadInt32();
                    double before = kept.ReadDouble();
                    TrainingState.Read(kept, member);
                    if (average is not null)
                    {
                        average.Steps = kept.ReadInt32();
                        TrainingState.Read(kept, averaged!);
                    }
                    batches.Restore(kept);
                    progress?.Report(new PassProgress(m * recipe.Passes + first, before, null));
                }
                for (int pass = first; pass < recipe.Passes; pass++)
                {
                    double loss = batches.Pass(pass, average, cancel);
                    bool done = pass + 1 == recipe.Passes;
                    if (done)
                    {
                        members.Add((averaged ?? member).ToMember());
                        network = new VoteNetwork(members);
                    }
                    progress?.Report(
                        new PassProgress(
                            m * recipe.Passes + pass + 1,
                            loss,
                            done && m + 1 == recipe.Members && heldOut is not null
                                ? Sought(Measure(network!, heldOut))
                                : null
                        )
                    );
                    if (!done)
                        state?.Offer(writer =>
                        {
                            writer.Write(m);
                            foreach (var other in members)
                                TrainingState.Write(writer, other);
                            writer.Write(pass + 1);
                            writer.Write(loss);
                            TrainingState.Write(writer, member);
                            if (average is not null)
                            {
                                writer.Write(average.Steps);
                                TrainingState.Write(writer, averaged!);
                            }
                            batches.Save(writer);
                        });
                }
            }
            foreach (var passing in new[] { member, averaged })
                if (passing != members[^1])
                    passing?.Dispose();
        }
        state?.Delete();
        return network!;
    }

    /// <summary>The samples that are held out and those that are trained on.</summary>
    public (long[] HeldOut, long[] Training) Split(ProbitSet validation)
    {
        var order = Enumerable.Range(0, validation.Samples).Select(s => (long)s).ToArray();
        RandomStream.Managed(recipe.Seed, "vote-split").ShuffleInplace<long>(order);
        int held = (int)(recipe.HeldOut * order.Length);
        return (order[..held], order[held..]);
    }

    double Sought(CertifiedFigures figures) => recipe.Adversary == Adversary.Any ? figures.Any : figures.Fixed;

    /// <summary>What a vote does on samples, with fixed sets that are drawn for this purpose.</summary>
    public CertifiedFigures Measure(VoteNetwork network, ProbitSet answers) =>
        CertifiedFigures.Of(new CertifiedVote(network), answers, recipe.Corrupted, recipe.Seed);

    /// <summary>The training samples, pass by pass, for one member.</summary>
    public sealed class Batches : IDisposable
    {
        readonly TrainableVote member;
        readonly ProbitSet training;
        readonly CertifiedVoteRecipe recipe;
        readonly int index,
            perPass;
        readonly MixedClients mixed;
        readonly Parameter temperature;
        readonly OptimizerHelper optimizer;
        readonly Tensor features;
        readonly double[] certified;

        /// <param name="member">Trained in place.</param>
        /// <param name="training">What it is trained on.</param>
        /// <param name="recipe">How.</param>
        /// <param name="index">Number of the member: each draws its own batches.</param>
        /// <param name="near">The same samples on the processor; default: <paramref name="training"/>, of which labels
        /// are read back once.</param>
        public Batches(
            TrainableVote member,
            ProbitSet training,
            CertifiedVoteRecipe recipe,
            int index = 0,
            ProbitSet? near = null
        )
        {
            (this.member, this.training, this.recipe, this.index) = (member, training, recipe, index);
            temperature = new(zeros(1, device: training.Device));
            perPass = (training.Samples + recipe.BatchSize - 1) / recipe.BatchSize;
            mixed = new MixedClients(near ?? training, recipe.Mixed);
            certified = new double[training.Classes];
            member.Influence.requires_grad = recipe.LearnInfluence;
            Parameter[] tables = [.. member.Tables],
                learned = [.. member.parameters().Where(p => p.requires_grad && !tables.Contains(p))];
            AdamW.ParamGroup[] groups =
            [
                new(learned.Where(p => p.dim() > 1), weight_decay: recipe.WeightDecay),
                new(learned.Where(p => p.dim() <= 1).Append(temperature), weight_decay: 0),
                new(tables, weight_decay: Math.Max(TableDecay, recipe.WeightDecay)),
            ];
            optimizer = optim.AdamW([.. groups.Take(tables.Length > 0 ? 3 : 2)], recipe.LearningRate);
            // Mixing takes whole rows, so that what the first layer reads of them is worked out once.
            features = VoteMember.Features(training.Probits).view(-1, 2 * training.Classes).DetachFromDisposeScope();
        }

        /// <summary>Writes what carries over from pass to pass, the member's weights aside.</summary>
        internal void Save(BinaryWriter writer)
        {
            TrainingState.Write(writer, temperature);
            foreach (double share in certified)
                writer.Write(share);
            optimizer.save_state_dict(writer);
        }

        /// <summary>Reads what <see cref="Save"/> wrote.</summary>
        internal void Restore(BinaryReader reader)
        {
            TrainingState.Read(reader, temperature);
            for (int k = 0; k < certified.Length; k++)
                certified[k] = reader.ReadDouble();
            optimizer.load_state_dict(reader);
        }

        /// <summary>One pass: mean loss over its samples.</summary>
        public double Pass(int pass, WeightAverage? average = null, CancellationToken cancel = default)
        {
            using var sum = new LossSum();
            Pass(pass, sum, average, cancel);
            return sum.Total / training.Samples;
        }

        /// <summary>One pass, in which nothing is read back from the device unless the recipe has a floor.</summary>
        /// <param name="pass">From 0.</param>
        /// <param name="sum">Takes the losses.</param>
        /// <param name="average">Follows the weights.</param>
        /// <param name="cancel">Checked before every batch.</param>
        public void Pass(int pass, LossSum sum, WeightAverage? average = null, CancellationToken cancel = default)
        {
            var random = RandomStream.Managed(recipe.Seed, $"vote-pass-{index}", pass);
            var order = Enumerable.Range(0, training.Samples).Select(s => (long)s).ToArray();
            random.ShuffleInplace<long>(order);
            for (int b = 0; b < perPass; b++)
            {
                LongWork.ThrowIfCancelled(cancel);
                using var scope = NewDisposeScope();
                long[] samples = order[(b * recipe.BatchSize)..Math.Min(order.Length, (b + 1) * recipe.BatchSize)];
                double done = (double)(pass * perPass + b) / (recipe.Passes * perPass);
                foreach (var group in optimizer.ParamGroups)
                    group.LearningRate = recipe.LearningRate * 0.5 * (1 + Math.Cos(Math.PI * done));
                var rows = features
                    .Take(0, tensor(mixed.Draw(samples, random), device: training.Device))
                    .view(samples.Length, training.Clients, -1);
                var labels = training.Labels.Take(0, tensor(samples, device: training.Device));
                double ramp = recipe.Ramp > 0 ? Math.Min(1, done / recipe.Ramp) : 1;
                sum.Add(Step(rows, labels, recipe.Weight * ramp, random), samples.Length);
                average?.Follow(member);
            }
        }

        /// <summary>One step on (1−w)·clean + w·worst case.</summary>
        Tensor Step(Tensor rows, Tensor labels, double weight, Random random)
        {
            using var tracked = enable_grad();
            optimizer.zero_grad();
            var votes = member.Votes(rows);
            var leads = votes.gather(2, labels.view(-1, 1, 1).expand(-1, votes.shape[1], 1)) - votes;
            var bias = member.Bias.Take(0, labels).unsqueeze(1) - member.Bias;
            var scale = temperature.exp();
            // A network whose score for the label is 0 and for every rival −margin has exactly these margins.
            Tensor Loss(Tensor margins, Tensor? ofClasses = null) =>
                nn.functional.cross_entropy(-(margins + bias) * scale, labels, ofClasses);
            // At the label itself the margin is 0, whatever a liar could take off another class.
            var rivals = 1 - nn.functional.one_hot(labels, training.Classes).to(ScalarType.Float32);
            var loss = weight < 1 ? Loss(leads.sum(1)) * (1 - weight) : zeros(1, device: rows.device).sum();
            if (weight > 0)
            {
                var worst = Worst(leads, random) * rivals;
                loss = loss + Loss(worst, recipe.Floor > 0 ? Raised(worst + bias, labels) : null) * weight;
            }
            loss.backward();
            optimizer.step();
            if (recipe.LearnInfluence)
            {
                using var untracked = no_grad();
                member.Influence.clamp_(LeastInfluence, 1);
            }
            return loss.detach();
        }

        /// <summary>What each class weighs, [K], after what is certified of this batch is counted in.</summary>
        Tensor Raised(Tensor margins, Tensor labels)
        {
            using var scope = NewDisposeScope();
            using var untracked = no_grad();
            // The margin at the label itself is 0.
            long[] wins = (margins > 0).sum(1).Integers(),
                own = labels.Integers();
            foreach (
                var group in own.Select((label, s) => (label, Won: wins[s] == training.Classes - 1))
                    .GroupBy(p => p.label)
            )
                certified[group.Key] += Forgets * (group.Average(p => p.Won ? 1.0 : 0) - certified[group.Key]);
            float[] weights = [.. certified.Select(c => (float)Math.Max(1, (recipe.Floor + Least) / (c + Least)))];
            return tensor(weights, device: labels.device).MoveToOuterDisposeScope();
        }

        /// <summary>The least leads, [B, K], the bias aside.</summary>
        Tensor Worst(Tensor leads, Random random)
        {
            int n = training.Clients,
                f = recipe.Corrupted;
            if (recipe.Adversary == Adversary.Any)
            {
                if (f == 0)
                    return leads.sum(1);
                if (!recipe.LearnInfluence)
                    return OrderStatistics.RangeMean(leads, 0, n - f) * (n - f) - f;
                return leads.sum(1) - (leads + member.Influence.unsqueeze(1)).topk(f, 1).values.sum(1);
            }
            var corrupted = new float[leads.shape[0] * n];
            int[] clients = [.. Enumerable.Range(0, n)];
            for (int s = 0; s < leads.shape[0]; s++)
            for (int i = 0; i < f; i++)
            {
                int j = random.Next(i, n);
                (clients[i], clients[j]) = (clients[j], clients[i]);
                corrupted[s * n + clients[i]] = 1;
            }
            var lies = tensor(corrupted, [leads.shape[0], n], device: leads.device);
            return ((1 - lies).unsqueeze(1).bmm(leads)).squeeze(1) - lies.mv(member.Influence).unsqueeze(1);
        }

        public void Dispose()
        {
            features.Dispose();
            temperature.Dispose();
            optimizer.Dispose();
        }
    }
}
