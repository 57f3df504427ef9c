using RobustInference.Aggregators;
using RobustInference.Catalogue;
using RobustInference.Files;
using RobustInference.Networks;
using RobustInference.Probits;
using RobustInference.Training;
using Tests.RobustInference.Aggregators;
using TorchSharp;
using Workbook.Benchmarks;
using static TorchSharp.torch;

namespace Tests.RobustInference.Training;

public class CalibrationTrainingTests
{
    /// <summary>Client 0 says the label, and client 1 another class for each label: both say as much.</summary>
    static ProbitSet Renamed(int samples, long seed)
    {
        var random = new Random((int)seed);
        var labels = new long[samples];
        var rows = new float[samples * 2 * 3];
        for (int s = 0; s < samples; s++)
        {
            labels[s] = random.Next(3);
            for (int client = 0; client < 2; client++)
            {
                int said = random.NextDouble() < 0.8 ? (int)labels[s] : random.Next(3);
                if (client == 1)
                    said = (said + 1) % 3;
                for (int k = 0; k < 3; k++)
                    rows[(s * 2 + client) * 3 + k] = k == said ? 0.98f : 0.01f;
            }
        }
        return ProbitSet.FromProbits("renamed", rows, [samples, 2, 3], labels);
    }

    [Fact]
    public void A_client_that_means_another_class_is_understood()
    {
        using var validation = Renamed(600, 1);
        using var test = Renamed(600, 2);
        using var calibration = new CalibrationTraining(new(Sharpness: 1)).Train(validation);
        using var scope = NewDisposeScope();
        var rows = calibration.Of(test.Probits);
        for (int client = 0; client < 2; client++)
        {
            var own = rows.select(1, client);
            double right = own.argmax(1).eq(test.Labels).to(ScalarType.Float32).mean().ToDouble(),
                sure = own.max(1).values.mean().ToDouble();
            Assert.InRange(right, 0.8, 0.92);
            // Calibrated: as sure as it is right.
            Assert.Equal(right, sure, 0.05);
        }
    }

    /// <summary>The gradient of the whole objective is next to nothing at what is found.</summary>
    [Fact]
    public void It_finds_the_least_loss()
    {
        using var validation = SyntheticProbits.Draw(300, 3, 4, seed: 1);
        var recipe = new CalibrationRecipe(Sharpness: 1, Steps: 2000);
        using var calibration = new CalibrationTraining(recipe).Train(validation);
        using var scope = NewDisposeScope();
        for (int client = 0; client < 3; client++)
        {
            Tensor weight = calibration.Weight.select(0, client).detach().clone().requires_grad_(),
                bias = calibration.Bias.select(0, client).detach().clone().requires_grad_();
            var rows = ClientCalibration.Features(validation.Probits.select(1, client)).to(ScalarType.Float32);
            var loss =
                torch.nn.functional.cross_entropy(rows.mm(weight.t()) + bias, validation.Labels)
                + (weight - 0.5 * eye(4)).square().sum() * (recipe.Decay * 16 / 300);
            loss.backward();
            Assert.InRange(weight.grad!.abs().max().ToSingle(), 0, 2e-3);
            Assert.InRange(bias.grad!.abs().max().ToSingle(), 0, 2e-3);
        }
    }

    [Fact]
    public void Sharpness_multiplies_what_is_fitted()
    {
        using var validation = SyntheticProbits.Draw(60, 3, 4, seed: 1);
        using ClientCalibration plain = new CalibrationTraining(new(Sharpness: 1)).Train(validation),
            sharp = new CalibrationTraining(new(Sharpness: 3)).Train(validation);
        using var scope = NewDisposeScope();
        Assert.InRange(EveryRule.Distance(plain.Weight * 3, sharp.Weight), 0, 1e-5);
        Assert.InRange(EveryRule.Distance(plain.Bias * 3, sharp.Bias), 0, 1e-5);
    }

    [Fact]
    public void A_stop_is_heard_and_no_samples_are_refused()
    {
        using var validation = SyntheticProbits.Draw(60, 3, 4, seed: 1);
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            new CalibrationTraining(new()).Train(validation, null, cancel.Token)
        );
        using var none = validation.Select([]);
        Assert.Contains(
            "no validation samples",
            Assert.Throws<InvalidDataException>(() => new CalibrationTraining(new()).Train(none)).Message
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => new CalibrationTraining(new(Sharpness: 0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CalibrationTraining(new(Steps: 0)));
    }

    [Fact]
    public void Every_part_of_the_recipe_and_of_the_data_is_in_the_key()
    {
        using var validation = SyntheticProbits.Draw(40, 5, 3, seed: 1);
        using var other = SyntheticProbits.Draw(40, 5, 3, seed: 2);
        CalibrationRecipe recipe = new();
        CalibrationRecipe[] recipes =
        [
            recipe,
            recipe with
            {
                Sharpness = 1.5,
            },
            recipe with
            {
                Decay = 0.2,
            },
            recipe with
            {
                Steps = 10,
            },
            recipe with
            {
                LearningRate = 0.01,
            },
        ];
        Assert.Equal(recipes.Length, typeof(CalibrationRecipe).GetConstructors()[0].GetParameters().Length + 1);
        string[] keys =
        [
            CalibrationCache.Key(recipe, other),
            .. recipes.Select(own => CalibrationCache.Key(own, validation)),
        ];
        Assert.Equal(keys.Length, keys.Distinct().Count());
    }

    [Fact]
    public void Trained_once_it_is_read_by_every_rule_that_needs_it()
    {
        using var folder = new TemporaryFolder();
        using var validation = SyntheticProbits.Draw(60, 7, 3, seed: 1);
        RuleInputs inputs = new("x", validation, validation, 7, 2, folder.Path);
        var recipe = new CalibrationRecipe(Steps: 5);
        using var scope = NewDisposeScope();
        foreach (string id in new[] { RuleId.CalibratedMedian, RuleId.CalibratedTrimmedMean })
        {
            using var rule = RuleCatalog.Named(id).Make(recipe, inputs);
            Assert.Equal(id, rule.Name);
            Assert.Equal([60, 3], rule.Scores(validation.Probits).shape);
        }
        Assert.Single(Directory.GetFiles(folder.Path));
        using var deep = RuleCatalog
            .Named(RuleId.CalibratedDeepSet)
            .Make(new CalibratedDeepSetRecipe(recipe, new(2, Hidden: 4, Passes: 1, Steps: 1)), inputs);
        Assert.Equal(RuleId.CalibratedDeepSet, deep.Name);
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
    }
}
