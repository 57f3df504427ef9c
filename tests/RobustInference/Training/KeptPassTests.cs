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
