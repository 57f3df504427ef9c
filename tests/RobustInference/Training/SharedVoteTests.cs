using RobustInference.Networks;
using RobustInference.Probits;
using RobustInference.Training;
using TorchSharp;
using Workbook.Benchmarks;
using static TorchSharp.torch;

namespace Tests.RobustInference.Training;

public class SharedVoteTests
{
    const int Clients = 5,
        Classes = 7,
        Units = 3;

    static SharedVote Drawn()
    {
        var vote = new SharedVote(Clients, Classes, Units, 1);
        using var untracked = no_grad();
        using var generator = new Generator(3);
        // Also what training begins at 0 or 1.
        foreach (var weights in vote.parameters())
            if (weights.dim() == 1)
                weights.uniform_(0.1, 0.9, generator);
        return vote;
    }

    static Tensor Features(Tensor probits) => VoteMember.Features(probits.to(ScalarType.Float64));

    [Fact]
    public void Written_out_it_votes_as_before()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using var answers = SyntheticProbits.Draw(60, Clients, Classes, seed: 2);
        using var shared = Drawn();
        using var member = shared.ToMember();
        Assert.Equal(
            (Clients, Classes, Units * Classes, Clients),
            (member.Clients, member.Classes, member.Hidden, member.Embedding)
        );
        var features = VoteMember.Features(answers.Probits);
        Tensor wanted = shared.Votes(features),
            votes = member.Votes(features);
        Assert.True((wanted - votes).abs().max().item<float>() < 1e-5);
        // They do depend on the row and on who sends it.
        Assert.True((wanted.select(1, 0) - wanted.select(1, 1)).abs().max().item<float>() > 0.01);
        Assert.Equal(shared.Bias.data<float>().ToArray(), member.Bias.data<float>().ToArray());
        Assert.Equal(shared.Influence.data<float>().ToArray(), member.Influence.data<float>().ToArray());
        using var copy = shared.Copy();
        Assert.True((copy.Votes(features) - wanted).abs().max().item<float>() == 0);
    }

    [Fact]
    public void Without_its_tables_it_treats_all_classes_and_clients_alike()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using var answers = SyntheticProbits.Draw(40, Clients, Classes, seed: 4);
        using var shared = Drawn();
        foreach (var table in shared.Tables)
            table.zero_();
        shared.Influence.fill_(1);
        using var member = shared.ToMember();
        Tensor classes = tensor(new long[] { 3, 0, 6, 1, 5, 2, 4 }),
            clients = tensor(new long[] { 4, 2, 0, 1, 3 });
        var moved = answers.Probits.index_select(2, classes).index_select(1, clients);
        Tensor wanted = member.Votes(Features(answers.Probits)).index_select(2, classes).index_select(1, clients),
            votes = member.Votes(Features(moved));
        Assert.True((wanted - votes).abs().max().item<double>() < 1e-6);
    }

    [Theory, InlineData(0), InlineData(1), InlineData(2)]
    public void To_begin_with_a_client_votes_about_as_it_answers(int seed)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using var answers = SyntheticProbits.Draw(200, Clients, Classes, seed: 6);
        using var shared = new SharedVote(Clients, Classes, 4, seed);
        var votes = shared.Votes(VoteMember.Features(answers.Probits));
        double same = (votes.argmax(2) == answers.Probits.argmax(2)).to(ScalarType.Float32).mean().item<float>();
        Assert.True(same > 0.9, $"{same}");
    }

    [Fact]
    public void It_is_chosen_for_many_classes_with_few_samples_and_certifies_more_there()
    {
        using ProbitSet few = Specialists.Draw(480, 1, classes: 40),
            test = Specialists.Draw(1000, 3, classes: 40),
            fewClasses = Specialists.Draw(240, 2),
            many = SyntheticProbits.Draw(3200, 3, 32, seed: 6);
        var recipe = new CertifiedVoteRecipe(Corrupted: 1, Passes: 60, BatchSize: 64);
        Assert.Equal(4, recipe.UnitsPerClass(few));
        Assert.Equal((0, 0), (recipe.UnitsPerClass(fewClasses), recipe.UnitsPerClass(many)));
        Assert.Equal(
            (0, 2),
            ((recipe with { PerClass = 0 }).UnitsPerClass(few), (recipe with { PerClass = 2 }).UnitsPerClass(many))
        );
        CertifiedFigures Train(CertifiedVoteRecipe own)
        {
            var training = new CertifiedVoteTraining(own);
            using var network = training.Train(few);
            return training.Measure(network, test);
        }
        CertifiedFigures shared = Train(recipe),
            dense = Train(recipe with { PerClass = 0 });
        Assert.True(shared.Any > dense.Any + 0.02, $"certified any {shared.Any} and {dense.Any}");
        Assert.True(shared.Clean > dense.Clean, $"clean {shared.Clean} and {dense.Clean}");
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights_alone_and_in_company()
    {
        using var validation = SyntheticProbits.Draw(120, Clients, 4, seed: 5);
        var recipe = new CertifiedVoteRecipe(Corrupted: 1, Passes: 2, PerClass: 2);
        float[] Train(CertifiedVoteRecipe own)
        {
            using var network = new CertifiedVoteTraining(own).Train(validation);
            return [.. network.parameters().SelectMany(weights => weights.data<float>().ToArray())];
        }
        float[] first = Train(recipe);
        Assert.Equal(first, Train(recipe));
        Assert.Equal(first, Train(recipe with { Members = 2 })[..first.Length]);
        Assert.NotEqual(first, Train(recipe with { Averaging = 0.9 }));
        Assert.NotEqual(first, Train(recipe with { Seed = 1 }));
        Assert.NotEqual(first, Train(recipe with { PerClass = 3 })[..first.Length]);
        Assert.All(first, weight => Assert.True(float.IsFinite(weight)));
    }
}
