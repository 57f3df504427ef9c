using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Evaluation;
using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Training;
using Tests.RobustInference.Aggregators;
using TorchSharp;
using Workbook.Benchmarks;
using static TorchSharp.torch;

namespace Tests.RobustInference.Training;

public class AdversarialTrainingTests
{
    static readonly DeepSetRecipe Recipe = new(
        Corrupted: 3,
        Hidden: 32,
        Passes: 15,
        Steps: 10,
        LearningRate: 5e-3,
        BatchSize: 64
    );

    sealed class Heard : IProgress<PassProgress>
    {
        public List<PassProgress> Passes { get; } = [];

        public void Report(PassProgress value) => Passes.Add(value);
    }

    static float[] Weights(DeepSetNetwork network) =>
        [.. network.parameters().SelectMany(weights => weights.data<float>().ToArray())];

    [Fact]
    public void What_only_views_show_is_learned()
    {
        using var informative = Specialists.Draw(1000, 1);
        using var test = Specialists.Draw(1000, 2);
        using var blind = informative.Mapped(rows => ones_like(rows) / rows.shape[2]);
        using var seen = blind.WithViews([informative.Shared(), informative.Shared()]);
        var recipe = Recipe with { HeldOut = 0, Keep = KeptPass.Last };
        foreach (double mixed in new[] { 0, 0.5 })
        {
            double without = Clean(blind),
                with = Clean(seen);
            Assert.True(with > without + 0.3, $"mixed {mixed}: with views {with}, without {without}");

            double Clean(ProbitSet validation)
            {
                using var network = new AdversarialTraining(recipe with { Mixed = mixed }).Train(validation);
                using var scores = new DeepSetTrimmedMean(network, 3).Scores(test.Probits);
                return RobustnessReport.Accuracy(Predictions.Correct(scores, test.Labels));
            }
        }
    }

    [Fact]
    public void The_loss_falls_and_the_worst_case_is_above_that_of_clean_training()
    {
        using var validation = Specialists.Draw(1000, 1);
        using var test = Specialists.Draw(1000, 2);
        var heard = new Heard();
        using var trained = new AdversarialTraining(Recipe).Train(validation, heard);
        using var baseline = new AdversarialTraining(Recipe with { Adversarial = false }).Train(validation);
        Assert.Equal(Enumerable.Range(1, 15), heard.Passes.Select(pass => pass.Pass));
        Assert.True(
            heard.Passes[^1].Loss < 0.8 * heard.Passes[0].Loss,
            $"from {heard.Passes[0].Loss} to {heard.Passes[^1].Loss}"
        );
        Assert.Equal([5, 10, 15], heard.Passes.Where(pass => pass.HeldOut is not null).Select(pass => pass.Pass));
        Assert.All(heard.Passes, pass => Assert.True(pass.HeldOut is null or (>= 0 and <= 1)));

        double WorstCase(DeepSetNetwork network) =>
            new RobustnessEvaluation(test, validation, ThreatModel.Draw(9, 3, 0), 0)
                .Run(new DeepSetTrimmedMean(network, 3), AttackSuite.Paper, [])
                .WorstCase;
        double ours = WorstCase(trained),
            theirs = WorstCase(baseline);
        Assert.True(ours > theirs + 0.1, $"adversarial {ours}, clean {theirs}");
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_another_seed_others()
    {
        using var validation = SyntheticProbits.Draw(150, 7, 4, seed: 3);
        using var folder = new TemporaryFolder();
        var recipe = Recipe with { Passes = 3, Corrupted = 2 };
        byte[] Train(DeepSetRecipe own)
        {
            using var network = new AdversarialTraining(own).Train(validation);
            DeepSetFile.Write(folder.File("a.safetensors"), network, 2);
            return File.ReadAllBytes(folder.File("a.safetensors"));
        }
        byte[] first = Train(recipe);
        Assert.Equal(first, Train(recipe));
        Assert.NotEqual(first, Train(recipe with { Seed = 1 }));
    }

    [Fact]
    public void Training_takes_nothing_but_validation_data()
    {
        // By its signature: one set of answers goes in, and an archive with its test set cannot.
        var parameters = typeof(AdversarialTraining).GetMethod(nameof(AdversarialTraining.Train))!.GetParameters();
        Assert.Single(parameters, parameter => parameter.ParameterType == typeof(ProbitSet));
        Assert.DoesNotContain(parameters, parameter => parameter.ParameterType == typeof(ProbitArchive));
        Assert.DoesNotContain(
            typeof(DeepSetRecipe).GetProperties(),
            property => property.PropertyType == typeof(ProbitSet) || property.PropertyType == typeof(ProbitArchive)
        );
    }

    [Fact]
    public void The_inner_attack_changes_corrupted_rows_alone_keeps_the_simplex_and_lowers_the_margin()
    {
        using var scope = NewDisposeScope();
        using var validation = SyntheticProbits.Draw(60, 7, 4, seed: 4);
        using var network = new DeepSetNetwork(4, 16, 1);
        var answers = validation.Probits.clone();
        int[][] liars =
        [
            .. Enumerable
                .Range(0, 60)
                .Select(s =>
                    s % 3 == 0 ? []
                    : s % 3 == 1 ? new[] { 6 }
                    : [0, 2]
                ),
        ];
        using var generator = RandomStream.Torch(1, "test-inner");
        new AdversarialTraining.Batches(validation, Recipe with { Corrupted = 2 }).CorruptInplace(
            network,
            answers,
            validation.Labels,
            liars,
            generator
        );
        Assert.InRange((answers.sum(-1) - 1).abs().max().ToSingle(), 0, 1e-5);
        for (int s = 0; s < 60; s++)
        for (int client = 0; client < 7; client++)
            Assert.Equal(
                liars[s].Contains(client),
                (answers[s, client] - validation.Probits[s, client]).abs().max().ToSingle() > 0
            );
        var loss = new CarliniWagner(ScoreScale.Logits);
        double Loss(Tensor rows) =>
            loss.Loss(nn.functional.softmax(new DeepSet(network).Scores(rows), -1), validation.Labels).sum().ToDouble();
        using var untracked = no_grad();
        Assert.True(Loss(answers) > Loss(validation.Probits));
        // The weights are constants of the inner attack.
        Assert.Equal(Weights(new DeepSetNetwork(4, 16, 1)), Weights(network));
    }

    [Fact]
    public void The_worse_inner_attacks_are_never_below_the_ascent_nor_below_classes_that_all_agree_on()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using var validation = SyntheticProbits.Draw(60, 7, 4, seed: 4);
        var network = EveryRule.Network(4);
        int[][] liars =
        [
            .. Enumerable
                .Range(0, 60)
                .Select(s =>
                    s % 3 == 0 ? []
                    : s % 3 == 1 ? new[] { 6 }
                    : [0, 2]
                ),
        ];
        Tensor Corrupt(InnerAttack inner)
        {
            var answers = validation.Probits.clone();
            using var generator = RandomStream.Torch(1, "test-inner");
            new AdversarialTraining.Batches(
                validation,
                Recipe with
                {
                    Corrupted = 2,
                    Steps = 50,
                    Inner = inner,
                }
            ).CorruptInplace(network, answers, validation.Labels, liars, generator);
            return answers;
        }
        float[] Losses(Tensor rows) =>
            nn
                .functional.cross_entropy(
                    new DeepSet(network).Scores(rows),
                    validation.Labels,
                    reduction: nn.Reduction.None
                )
                .data<float>()
                .ToArray();
        Tensor climbed = Corrupt(InnerAttack.ProjectedGradient),
            worse = Corrupt(InnerAttack.WorstOfProjectedGradientAndOneHot),
            inverted = Corrupt(InnerAttack.WorstOfProjectedGradientAndStrongestInverted);
        float[] ascent = Losses(climbed),
            kept = Losses(worse),
            worst = [.. ascent],
            worseOfTwo = [.. ascent];
        var uncorrupted = new DeepSet(network).Scores(validation.Probits);
        long[] labels = validation.Labels.data<long>().ToArray();
        int Strongest(int s) =>
            Enumerable.Range(0, 4).Where(k => k != labels[s]).MaxBy(k => uncorrupted[s, k].ToSingle());
        for (int target = 0; target < 4; target++)
        {
            var agreed = validation.Probits.clone();
            for (int s = 0; s < 60; s++)
                foreach (int client in liars[s])
                    agreed[s, client] = nn
                        .functional.one_hot(tensor(target, ScalarType.Int64), 4)
                        .to(ScalarType.Float32);
            float[] own = Losses(agreed);
            for (int s = 0; s < 60; s++)
                if (labels[s] != target && liars[s].Length > 0)
                {
                    worst[s] = Math.Max(worst[s], own[s]);
                    if (Strongest(s) == target)
                        worseOfTwo[s] = Math.Max(worseOfTwo[s], own[s]);
                }
        }
        float[] keptOfTwo = Losses(inverted);
        for (int s = 0; s < 60; s++)
            Assert.Equal(worseOfTwo[s], keptOfTwo[s], 1e-4);
        Assert.Contains(Enumerable.Range(0, 60), s => keptOfTwo[s] > ascent[s] + 1e-3);
        Assert.Contains(Enumerable.Range(0, 60), s => liars[s].Length > 0 && keptOfTwo[s] == ascent[s]);
        for (int s = 0; s < 60; s++)
            Assert.Equal(worst[s], kept[s], 1e-4);
        Assert.Contains(Enumerable.Range(0, 60), s => kept[s] > ascent[s] + 1e-3);
        Assert.Contains(Enumerable.Range(0, 60), s => liars[s].Length > 0 && kept[s] == ascent[s]);
        for (int s = 0; s < 60; s++)
        for (int client = 0; client < 7; client++)
            if (!liars[s].Contains(client))
                foreach (var answers in (Tensor[])[worse, inverted])
                    Assert.Equal(0, (answers[s, client] - validation.Probits[s, client]).abs().max().ToSingle());
    }

    [Fact]
    public void It_stops_before_the_next_batch_when_asked()
    {
        using var validation = SyntheticProbits.Draw(300, 7, 4, seed: 5);
        using var cancel = new CancellationTokenSource();
        var heard = new Heard();
        var stopping = new Stopping(cancel, heard);
        Assert.Throws<OperationCanceledException>(() =>
            new AdversarialTraining(Recipe).Train(validation, stopping, cancel.Token)
        );
        Assert.Equal(2, heard.Passes.Count);
    }

    sealed class Stopping(CancellationTokenSource cancel, Heard heard) : IProgress<PassProgress>
    {
        public void Report(PassProgress value)
        {
            heard.Report(value);
            if (value.Pass == 2)
                cancel.Cancel();
        }
    }

    [Fact]
    public void Nobody_to_be_corrupted_is_plain_training()
    {
        using var validation = SyntheticProbits.Draw(60, 5, 3, seed: 6);
        var recipe = Recipe with { Corrupted = 0, Passes = 2 };
        using var adversarial = new AdversarialTraining(recipe).Train(validation);
        using var plain = new AdversarialTraining(recipe with { Adversarial = false }).Train(validation);
        Assert.All(Weights(adversarial), weight => Assert.True(float.IsFinite(weight)));
        Assert.Equal([.. Weights(plain)], Weights(adversarial));
    }

    [Theory]
    [InlineData(9, 3, 0.2, 8)]
    [InlineData(9, 3, 0.5, 7)] // 5 by the share, but 3 liars are to be fewer than the others
    [InlineData(9, 4, 0.9, 9)]
    [InlineData(17, 4, 0.25, 13)]
    public void Clients_are_left_out_as_far_as_those_who_lie_stay_fewer(int n, int f, double dropped, int remain)
    {
        using var validation = SyntheticProbits.Draw(60, n, 4, seed: 3);
        var recipe = Recipe with { Corrupted = f, Passes = 1, HeldOut = 0, Keep = KeptPass.Last };
        using var other = new AdversarialTraining(recipe with { Dropped = dropped }).Train(validation);
        // (n − remain + ½) / n, rounded down, leaves out as many.
        using var same = new AdversarialTraining(recipe with { Dropped = (n - remain + 0.5) / n }).Train(validation);
        using var all = new AdversarialTraining(recipe with { Mixed = 1e-12 }).Train(validation);
        Assert.Equal(Weights(same), Weights(other));
        Assert.Equal(remain == n, Weights(all).SequenceEqual(Weights(other)));
    }

    [Fact]
    public void Weight_decay_makes_weights_smaller_and_none_is_plain_Adam()
    {
        using var validation = Specialists.Draw(400, 1);
        var recipe = Recipe with { Passes = 5, HeldOut = 0, Keep = KeptPass.Last };
        using var plain = new AdversarialTraining(recipe).Train(validation);
        using var none = new AdversarialTraining(recipe with { WeightDecay = 0, Dropped = 0 }).Train(validation);
        using var little = new AdversarialTraining(recipe with { WeightDecay = 2 }).Train(validation);
        using var much = new AdversarialTraining(recipe with { WeightDecay = 20 }).Train(validation);
        Assert.Equal(Weights(plain), Weights(none));
        Assert.True(Size(much) < Size(little) && Size(little) < Size(plain));

        static double Size(DeepSetNetwork network) => Weights(network).Sum(w => (double)w * w);
    }

    [Fact]
    public void Perturbed_weights_are_another_recipe_from_the_sixth_pass_on()
    {
        using var validation = Specialists.Draw(400, 1);
        var recipe = Recipe with { Passes = 5, HeldOut = 0, Keep = KeptPass.Last };
        using var plain = new AdversarialTraining(recipe).Train(validation);
        using var unmoved = new AdversarialTraining(recipe with { Perturbation = 0.02 }).Train(validation);
        Assert.Equal(Weights(plain), Weights(unmoved));
        using var longer = new AdversarialTraining(recipe with { Passes = 6 }).Train(validation);
        using var moved = new AdversarialTraining(recipe with { Passes = 6, Perturbation = 0.02 }).Train(validation);
        Assert.NotEqual(Weights(longer), Weights(moved));
    }

    [Fact]
    public void Too_little_validation_data_is_told_in_one_line()
    {
        using var validation = SyntheticProbits.Draw(1, 5, 3, seed: 7);
        Assert.Contains(
            "validation",
            Assert
                .Throws<InvalidDataException>(() =>
                    new AdversarialTraining(Recipe with { Corrupted = 2 }).Train(validation)
                )
                .Message
        );
    }
}

[Collection(nameof(Alone))]
public class AdversarialTrainingMemoryTests
{
    [Fact]
    public void Many_batches_leave_memory_as_it_was()
    {
        using var validation = SyntheticProbits.Draw(1024, 17, 10, seed: 8);
        var recipe = new DeepSetRecipe(Corrupted: 4, Hidden: 64, Passes: 100, Steps: 5, BatchSize: 64);
        using var network = new DeepSetNetwork(10, 64, 0);
        using var optimizer = optim.Adam(network.parameters(), 1e-3);
        var batches = new AdversarialTraining.Batches(validation, recipe);
        for (int pass = 0; pass < 4; pass++)
            batches.Pass(network, optimizer, pass);
        long before = ResidentMemory.BytesAfterCollection();
        for (int pass = 4; pass < 14; pass++)
            batches.Pass(network, optimizer, pass);
        long grown = ResidentMemory.BytesAfterCollection() - before;
        // 160 batches with some MB of rows and gradients each.
        Assert.True(grown < 64 << 20, $"grew by {grown >> 20} MB");
    }
}
