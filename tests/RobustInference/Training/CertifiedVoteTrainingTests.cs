using RobustInference.Aggregators;
using RobustInference.Certificates;
using RobustInference.Evaluation;
using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Training;
using TorchSharp;
using Workbook.Benchmarks;
using static TorchSharp.torch;

namespace Tests.RobustInference.Training;

public class CertifiedVoteTrainingTests
{
    static readonly CertifiedVoteRecipe Recipe = new(
        Corrupted: 1,
        Hidden: 24,
        Embedding: 4,
        Passes: 40,
        BatchSize: 64,
        LearningRate: 1e-2,
        PerClass: 0
    );

    static float[] Weights(VoteNetwork network) =>
        [.. network.parameters().SelectMany(weights => weights.data<float>().ToArray())];

    [Theory, InlineData(Adversary.Fixed), InlineData(Adversary.Any)]
    public void It_learns_whom_to_believe_and_certifies_far_more_than_the_mean(Adversary adversary)
    {
        using var scope = NewDisposeScope();
        using ProbitSet validation = Specialists.Draw(1200, 1),
            test = Specialists.Draw(600, 2);
        var training = new CertifiedVoteTraining(Recipe with { Adversary = adversary });
        using var network = training.Train(validation);
        var figures = training.Measure(network, test);
        double certified = adversary == Adversary.Any ? figures.Any : figures.Fixed,
            exact = RobustnessReport.Accuracy(
                new Mean().Certificate(adversary)!.Certified(test, adversary, ThreatModel.Draw(9, 1, 0))
            );
        Assert.True(figures.Clean >= figures.Mean - 0.02, $"clean {figures.Clean}, the mean's {figures.Mean}");
        Assert.Equal((6, 6), (figures.Answered, figures.Covered));
        Assert.True(certified >= exact + 0.1, $"certified {certified}, the mean's {exact}");
    }

    [Fact]
    public void More_weight_certifies_more()
    {
        using var validation = Specialists.Draw(800, 3);
        double Certified(double weight)
        {
            var training = new CertifiedVoteTraining(Recipe with { Adversary = Adversary.Any, Weight = weight });
            using var network = training.Train(validation);
            return training.Measure(network, validation).Any;
        }
        double none = Certified(0),
            all = Certified(1);
        Assert.True(all > none + 0.05, $"{all} and {none}");
    }

    [Fact]
    public void A_floor_keeps_a_rare_class_from_being_given_up()
    {
        using ProbitSet drawn = Specialists.Draw(1200, 5),
            test = Specialists.Draw(800, 6);
        // A rare class is the first that a mean gives up.
        long[] labels = drawn.Labels.Integers();
        using var validation = drawn.Select([
            .. Enumerable.Range(0, 1200).Where(s => labels[s] != 0 || s % 6 == 0).Select(s => (long)s),
        ]);
        double Least(double floor)
        {
            var training = new CertifiedVoteTraining(Recipe with { Weight = 1, Floor = floor });
            using var network = training.Train(validation);
            var figures = training.Measure(network, test);
            Assert.Equal(figures.Any, figures.AnyOfClass.Average(), 0.03);
            Assert.Equal(figures.Fixed, figures.FixedOfClass.Average(), 0.03);
            return figures.AnyOfClass[0];
        }
        double without = Least(0),
            with = Least(0.8);
        Assert.True(with > without + 0.05, $"{with} and {without}");
    }

    [Fact]
    public void A_learned_influence_stays_in_its_range_and_a_fixed_one_at_1()
    {
        using var scope = NewDisposeScope();
        using var validation = Specialists.Draw(300, 4);
        using VoteNetwork learned = new CertifiedVoteTraining(
                Recipe with
                {
                    Adversary = Adversary.Fixed,
                    LearnInfluence = true,
                }
            ).Train(validation),
            plain = new CertifiedVoteTraining(Recipe with { Passes = 2 }).Train(validation);
        float[] influence = learned.Members[0].Influence.data<float>().ToArray();
        Assert.All(influence, value => Assert.InRange(value, 0.01f, 1));
        Assert.Contains(influence, value => value < 0.98f);
        Assert.All(plain.Members[0].Influence.data<float>().ToArray(), value => Assert.Equal(1, value));
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights_and_everything_else_others()
    {
        using var validation = SyntheticProbits.Draw(150, 7, 4, seed: 3);
        var recipe = Recipe with { Passes = 3 };
        float[] Train(CertifiedVoteRecipe own)
        {
            using var network = new CertifiedVoteTraining(own).Train(validation);
            return Weights(network);
        }
        float[] first = Train(recipe);
        Assert.Equal(first, Train(recipe));
        foreach (
            var other in new[]
            {
                recipe with
                {
                    Seed = 1,
                },
                recipe with
                {
                    Adversary = Adversary.Fixed,
                },
                recipe with
                {
                    Weight = 0.5,
                },
                recipe with
                {
                    Mixed = 0.5,
                },
                recipe with
                {
                    Averaging = 0.9,
                },
                recipe with
                {
                    WeightDecay = 0.5,
                },
                recipe with
                {
                    HeldOut = 0.2,
                },
            }
        )
            Assert.NotEqual(first, Train(other));
        Assert.All(first, weight => Assert.True(float.IsFinite(weight)));
        // The first member is the same alone and in company.
        Assert.Equal(first, Train(recipe with { Members = 2 })[..first.Length]);
    }

    [Fact]
    public void What_is_held_out_does_not_enter_training()
    {
        using var validation = SyntheticProbits.Draw(100, 5, 3, seed: 4);
        var recipe = Recipe with { Passes = 2, Corrupted = 1, HeldOut = 0.2 };
        var (held, rest) = new CertifiedVoteTraining(recipe).Split(validation);
        Assert.Equal(20, held.Length);
        Assert.Equal(Enumerable.Range(0, 100).Select(s => (long)s), held.Concat(rest).Order());
        using var others = SyntheticProbits.Draw(100, 5, 3, seed: 5);
        float[] probits = validation.Probits.data<float>().ToArray(),
            strange = others.Probits.data<float>().ToArray();
        long[] labels = validation.Labels.data<long>().ToArray();
        using var unchanged = ProbitSet.FromProbits("unchanged", [.. probits], [100, 5, 3], labels);
        foreach (long s in held)
            Array.Copy(strange, s * 15, probits, s * 15, 15);
        using var changed = ProbitSet.FromProbits("changed", probits, [100, 5, 3], labels);
        using VoteNetwork a = new CertifiedVoteTraining(recipe).Train(changed),
            b = new CertifiedVoteTraining(recipe).Train(unchanged);
        Assert.Equal(Weights(b), Weights(a));
    }

    [Fact]
    public void It_stops_before_the_next_batch_when_asked_and_says_what_cannot_be()
    {
        using var validation = SyntheticProbits.Draw(100, 7, 4, seed: 6);
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        Assert.Throws<OperationCanceledException>(() =>
            new CertifiedVoteTraining(Recipe).Train(validation, null, cancel.Token)
        );
        Assert.Contains(
            "none is left",
            Assert
                .Throws<InvalidDataException>(() =>
                    new CertifiedVoteTraining(Recipe with { HeldOut = 1 }).Train(validation)
                )
                .Message
        );
        Assert.Contains(
            "fewer than half",
            Assert
                .Throws<ArgumentException>(() =>
                    new CertifiedVoteTraining(Recipe with { Corrupted = 4 }).Train(validation)
                )
                .Message
        );
        Assert.Throws<ArgumentException>(() =>
            new CertifiedVoteTraining(Recipe with { Members = 0 }).Train(validation)
        );
    }

    [Fact]
    public void What_is_certified_survives_the_strong_suite_and_the_suite_comes_near()
    {
        using var scope = NewDisposeScope();
        using ProbitSet validation = Specialists.Draw(800, 5),
            test = Specialists.Draw(150, 6);
        using var network = new CertifiedVoteTraining(Recipe with { Adversary = Adversary.Any }).Train(validation);
        using var rule = new CertifiedVote(network);
        var threat = ThreatModel.Draw(9, 1, 0);
        var certificate = new CertifiedVoteCertificate(network);
        foreach (var adversary in Enum.GetValues<Adversary>())
        {
            bool[] certified = certificate.Certified(test, adversary, threat),
                survives = StrongSuite.Run(test, rule, threat, adversary, 0, validation).Survives;
            Assert.InRange(certified.Count(c => c), 10, 147);
            for (int s = 0; s < certified.Length; s++)
                Assert.True(!certified[s] || survives[s], $"{adversary}, sample {s} is certified and broken");
            Assert.InRange(survives.Count(c => c) - certified.Count(c => c), 0, 15);
        }
    }
}

[Collection(nameof(Alone))]
public class CertifiedVoteTrainingMemoryTests
{
    [Fact]
    public void Many_batches_leave_memory_as_it_was()
    {
        using var validation = SyntheticProbits.Draw(512, 17, 10, seed: 8);
        var recipe = new CertifiedVoteRecipe(Corrupted: 4, Hidden: 64, Passes: 100, BatchSize: 64);
        using var member = new VoteMember(17, 10, 64, 8, 0);
        using var batches = new CertifiedVoteTraining.Batches(member, validation, recipe);
        for (int pass = 0; pass < 4; pass++)
            batches.Pass(pass);
        long before = ResidentMemory.BytesAfterCollection();
        for (int pass = 4; pass < 14; pass++)
            batches.Pass(pass);
        long grown = ResidentMemory.BytesAfterCollection() - before;
        Assert.True(grown < 64 << 20, $"grew by {grown >> 20} MB");
    }
}
