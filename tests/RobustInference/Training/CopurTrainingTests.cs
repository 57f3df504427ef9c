using RobustInference.Aggregators;
using RobustInference.Evaluation;
using RobustInference.Networks;
using RobustInference.Probits;
using RobustInference.Training;
using TorchSharp;
using Workbook.Benchmarks;
using static TorchSharp.torch;

namespace Tests.RobustInference.Training;

public class CopurTrainingTests
{
    static readonly CopurRecipe Recipe = new(
        Hidden: 24,
        Encoding: 12,
        Server: 16,
        AutoEncoderPasses: 12,
        ServerPasses: 8,
        AutoEncoderRate: 3e-3,
        ServerRate: 3e-3,
        BatchSize: 32
    );

    sealed class Heard(Action<CopurProgress>? also = null) : IProgress<CopurProgress>
    {
        public List<CopurProgress> Passes { get; } = [];

        public void Report(CopurProgress value)
        {
            Passes.Add(value);
            also?.Invoke(value);
        }
    }

    static float[] Weights(CopurNetwork network) =>
        [.. network.parameters().SelectMany(weights => weights.data<float>().ToArray())];

    static double Error(CopurNetwork network, ProbitSet set)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var logits = network.Flatten(set.Logits);
        return nn.functional.mse_loss(network.Reconstruct(logits), logits).ToDouble();
    }

    [Fact]
    public void Training_lowers_the_reconstruction_error_and_the_server_learns_to_answer()
    {
        using var validation = SyntheticProbits.Draw(800, 5, 4, seed: 1);
        using var test = SyntheticProbits.Draw(800, 5, 4, seed: 2);
        var heard = new Heard();
        using var trained = new CopurTraining(Recipe).Train(validation, heard);
        using var drawn = new CopurNetwork(5, 4, Recipe.Hidden, Recipe.Encoding, Recipe.Server, Recipe.Seed);
        Assert.True(
            Error(trained, test) < 0.3 * Error(drawn, test),
            $"from {Error(drawn, test)} to {Error(trained, test)}"
        );
        double Right(Aggregator rule, Tensor answers) =>
            RobustnessReport.Accuracy(Predictions.Correct(rule.Scores(answers), test.Labels));
        double mean = Right(new Mean(), test.Probits);
        Assert.InRange(Right(new ManifoldProjection(trained), test.Logits), mean - 0.05, 1);
        Assert.InRange(Right(new Copur(trained, 1), test.Logits), mean - 0.08, 1);
        Assert.Equal(
            [
                .. Enumerable.Range(1, 12).Select(pass => (false, pass)),
                .. Enumerable.Range(1, 8).Select(pass => (true, pass)),
            ],
            heard.Passes.Select(pass => (pass.Server, pass.Pass))
        );
        Assert.True(heard.Passes[11].Loss < heard.Passes[0].Loss && heard.Passes[19].Loss < heard.Passes[12].Loss);
    }

    // With steps this large the later passes are worse on samples that were not trained on.
    [Fact]
    public void The_best_passes_on_held_out_data_are_kept()
    {
        using var validation = SyntheticProbits.Draw(60, 5, 4, seed: 3);
        var heard = new Heard();
        var recipe = Recipe with { AutoEncoderRate = 0.05, ServerRate = 0.05 };
        using var trained = new CopurTraining(recipe).Train(validation, heard);
        var encoder = heard.Passes.Where(pass => !pass.Server).ToArray();
        int best = encoder.MinBy(pass => pass.HeldOut).Pass;
        Assert.True(best < encoder.Length, "the last pass is the best: this shows nothing");
        // The same draws, stopped at the best pass.
        using var stopped = new CopurTraining(recipe with { AutoEncoderPasses = best }).Train(validation);
        Assert.Equal(Weights(stopped), Weights(trained));
        var server = heard.Passes.Where(pass => pass.Server).ToArray();
        using var earlier = new CopurTraining(
            recipe with
            {
                ServerPasses = server.MaxBy(pass => pass.HeldOut).Pass,
            }
        ).Train(validation);
        Assert.Equal(Weights(earlier), Weights(trained));
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights_and_another_seed_others()
    {
        using var validation = SyntheticProbits.Draw(100, 5, 3, seed: 4);
        var recipe = Recipe with { AutoEncoderPasses = 2, ServerPasses = 2 };
        using var first = new CopurTraining(recipe).Train(validation);
        using var again = new CopurTraining(recipe).Train(validation);
        using var other = new CopurTraining(recipe with { Seed = 1 }).Train(validation);
        Assert.Equal(Weights(first), Weights(again));
        Assert.NotEqual(Weights(first), Weights(other));
    }

    [Fact]
    public void The_networks_outlive_the_scope_that_they_were_trained_in()
    {
        using var validation = SyntheticProbits.Draw(40, 5, 3, seed: 5);
        CopurNetwork network;
        using (NewDisposeScope())
            network = new CopurTraining(Recipe with { AutoEncoderPasses = 1, ServerPasses = 1 }).Train(validation);
        using (network)
            Assert.All(Weights(network), weight => Assert.True(float.IsFinite(weight)));
    }

    [Fact]
    public void It_stops_before_the_next_batch_when_asked()
    {
        using var validation = SyntheticProbits.Draw(100, 5, 3, seed: 6);
        using var cancel = new CancellationTokenSource();
        var heard = new Heard(pass =>
        {
            if (pass.Pass == 2)
                cancel.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() =>
            new CopurTraining(Recipe).Train(validation, heard, cancel.Token)
        );
        Assert.Equal(2, heard.Passes.Count);
    }

    [Fact]
    public void Too_little_validation_data_is_told_in_one_line()
    {
        using var validation = SyntheticProbits.Draw(1, 5, 3, seed: 7);
        Assert.Contains(
            "validation",
            Assert.Throws<InvalidDataException>(() => new CopurTraining(Recipe).Train(validation)).Message
        );
    }
}
