using RobustInference.Aggregators;
using RobustInference.Networks;
using RobustInference.Training;
using Workbook.Benchmarks;

namespace Tests.RobustInference.Training;

public class KeptPassTests
{
    static readonly DeepSetRecipe Recipe = new(Corrupted: 1, Hidden: 8, Passes: 6, Steps: 3, BatchSize: 32);

    static float[] Train(DeepSetRecipe recipe, int samples = 120)
    {
        using var validation = SyntheticProbits.Draw(samples, 5, 3, seed: 1);
        using var network = new AdversarialTraining(recipe).Train(validation);
        return [.. network.parameters().SelectMany(weights => weights.data<float>().ToArray())];
    }

    [Fact]
    public void The_last_network_does_not_depend_on_how_often_it_was_measured_and_needs_nothing_held_out()
    {
        var last = Recipe with { Keep = KeptPass.Last };
        float[] all = Train(last with { HeldOut = 0 });
        Assert.Equal(all, Train(last with { HeldOut = 0 }));
        Assert.NotEqual(all, Train(last));
        Assert.Contains(
            "needs a share of the data to be held out",
            Assert.Throws<ArgumentException>(() => Train(Recipe with { HeldOut = 0 })).Message
        );
        Assert.Throws<ArgumentException>(() => Train(Recipe with { HeldOut = 0, Keep = KeptPass.BestClean }));
    }

    [Fact]
    public void Averaged_or_mixed_it_is_another_network()
    {
        var last = Recipe with { Keep = KeptPass.Last };
        float[][] networks =
        [
            Train(last),
            Train(last with { Averaging = 0.99 }),
            Train(last with { Mixed = 0.5 }),
            Train(last with { Mixed = 1 }),
        ];
        Assert.Equal(4, networks.Select(weights => weights.Sum()).Distinct().Count());
    }

    [Fact]
    public void Members_are_trained_from_different_weights_and_their_scores_are_averaged()
    {
        using var validation = SyntheticProbits.Draw(120, 5, 3, seed: 1);
        var recipe = Recipe with { Keep = KeptPass.Last, HeldOut = 0 };
        var passes = new ProgressLog<PassProgress>();
        using var first = new AdversarialTraining(recipe).Train(validation);
        using var both = new AdversarialTraining(recipe with { Members = 2 }).Train(validation, passes);
        Assert.Equal((2 * first.Hidden, 2 * first.Decoder), (both.Hidden, both.Decoder));
        Assert.Equal(Enumerable.Range(1, 12), passes.Entries.Select(pass => pass.Pass));
        // The first one is the network that is trained alone; without it the other one is left.
        using var other = Half(both, 1, first);
        using var untracked = TorchSharp.torch.no_grad();
        var answers = validation.Probits;
        float[] Scores(DeepSetNetwork network) =>
            new DeepSetTrimmedMean(network, 1).Scores(answers).data<float>().ToArray();
        float[] a = Scores(first),
            b = Scores(other),
            mean = Scores(both);
        Assert.NotEqual(a, b);
        for (int i = 0; i < mean.Length; i++)
            Assert.Equal((a[i] + b[i]) / 2, mean[i], 1e-4f);
    }

    /// <summary>One of two networks that stand side by side, cut out by hand.</summary>
    static DeepSetNetwork Half(DeepSetNetwork both, int which, DeepSetNetwork alike)
    {
        using var untracked = TorchSharp.torch.no_grad();
        long h = alike.Hidden,
            from = which * h;
        var half = new DeepSetNetwork(alike.Classes, alike.Hidden, 0);
        half.RhoIn.weight!.copy_(both.RhoIn.weight!.narrow(0, from, h));
        half.RhoIn.bias!.copy_(both.RhoIn.bias!.narrow(0, from, h));
        half.RhoOut.weight!.copy_(both.RhoOut.weight!.narrow(0, from, h).narrow(1, from, h));
        half.RhoOut.bias!.copy_(both.RhoOut.bias!.narrow(0, from, h));
        half.MuIn.weight!.copy_(both.MuIn.weight!.narrow(0, from, h).narrow(1, from, h));
        half.MuIn.bias!.copy_(both.MuIn.bias!.narrow(0, from, h));
        half.MuOut.weight!.copy_(both.MuOut.weight!.narrow(1, from, h) * 2);
        half.MuOut.bias!.copy_(2 * both.MuOut.bias! - alike.MuOut.bias!);
        return half;
    }

    [Fact]
    public void Every_named_recipe_can_be_trained_and_another_name_is_told()
    {
        foreach (string name in DeepSetRecipe.Names)
        {
            var named = DeepSetRecipe.Named(name, 1);
            Assert.Equal(1, named.Corrupted);
            Assert.NotEmpty(Train(named with { Hidden = 4, Passes = 1, Steps = 1 }));
        }
        Assert.Equal(
            DeepSetRecipe.Names.Count,
            DeepSetRecipe.Names.Select(name => DeepSetRecipe.Named(name, 1)).Distinct().Count()
        );
        Assert.Contains("balanced", Assert.Throws<ArgumentException>(() => DeepSetRecipe.Named("x", 1)).Message);
    }

    // What a key was before these fields came stays what it is.
    [Fact]
    public void Defaults_are_left_out_of_the_key()
    {
        string json = System.Text.Json.JsonSerializer.Serialize(new DeepSetRecipe(4));
        Assert.Equal(
            """{"Corrupted":4,"Seed":0,"Hidden":128,"Passes":60,"Steps":50,"LearningRate":0.001,"""
                + "\"BatchSize\":256,\"HeldOut\":0.2,\"Adversarial\":true}",
            json
        );
        var recipe = new DeepSetRecipe(4, Keep: KeptPass.Last, Averaging: 0.9, Mixed: 0.5);
        Assert.Equal(
            recipe,
            System.Text.Json.JsonSerializer.Deserialize<DeepSetRecipe>(
                System.Text.Json.JsonSerializer.Serialize(recipe)
            )
        );
    }

    [Fact]
    public void An_average_forgets_the_start_and_follows_the_weights()
    {
        using DeepSetNetwork average = new(3, 4, seed: 1),
            network = new(3, 4, seed: 2);
        var follow = new WeightAverage(average, 0.9);
        for (int step = 0; step < 200; step++)
            follow.Follow(network);
        foreach (var (a, b) in average.parameters().Zip(network.parameters()))
            Assert.InRange(Aggregators.EveryRule.Distance(a.detach(), b.detach()), 0, 1e-5);
    }
}
