using System.CommandLine;
using RobustInference.Probits;
using RobustInference.Training;
using Workbook.Terminal;

namespace Workbook.Verbs;

/// <summary><c>./workbook aggregator train</c>: an adversarially trained DeepSet for anyone's ensemble.</summary>
public static class AggregatorVerb
{
    public static Command Create() => new("aggregator", "Train an aggregator.") { CreateTrain() };

    static Command CreateTrain()
    {
        var file = new Argument<string>("FILE.npz") { Description = "An ensemble's answers with val_logits and val_labels: nothing else is trained on." };
        var corrupted = Options.RequiredWhole("--corrupted", 0, "f, how many clients may lie; fewer than half. Also the trim of DeepSet-TM.");
        var seed = Options.Whole("--seed", 0, 0, "Of initial weights, order, subsets and starts.");
        var hidden = Options.Whole("--hidden", 1, 128, "Width h of the DeepSet; the paper has 128, and 224 for CIFAR-100.");
        var passes = Options.Whole("--passes", 1, 60, "Passes over the training part of the validation data.");
        var steps = Options.Whole("--steps", 1, 50, "Steps of the inner attack.");
        var rate = Options.Positive("--learning-rate", 1e-3, "Of Adam, annealed to 0 by a cosine.");
        var inner = new Option<string>("--inner") { Description = "What corrupted clients send in training: pgd is Algorithm 1's ascent, worst also the best one-hot class where that is worse.", DefaultValueFactory = _ => "pgd" };
        inner.AcceptOnlyFromAmong("pgd", "worst");
        var output = new Option<string>("--out") { Description = "The file to write.", HelpName = "FILE.safetensors", Required = true };
        var command = new Command("train", "Train a DeepSet adversarially (Algorithm 1) on the validation data of an ensemble. The pass with the best worst case on a held-out fifth of it is kept.")
        {
            file, corrupted, seed, hidden, passes, steps, rate, inner, output,
        };
        command.SetAction((parse, cancel) => Task.Run(() =>
        {
            var recipe = new DeepSetRecipe(parse.GetRequiredValue(corrupted), parse.GetRequiredValue(seed), parse.GetRequiredValue(hidden), parse.GetRequiredValue(passes),
                parse.GetRequiredValue(steps), parse.GetRequiredValue(rate),
                Inner: parse.GetRequiredValue(inner) == "worst" ? InnerAttack.WorstOfProjectedGradientAndOneHot : InnerAttack.ProjectedGradient);
            return Train(parse.GetRequiredValue(file), recipe, parse.GetRequiredValue(output), cancel);
        }, CancellationToken.None));
        return command.WithExample("./workbook aggregator train data/probits/cifar10-a0.5-s0.npz --corrupted 4 --out artifacts/deepset.safetensors");
    }

    static int Train(string file, DeepSetRecipe recipe, string output, CancellationToken cancel)
    {
        if (Directory.Exists(output)) throw new ArgumentException($"--out '{output}' is a folder; name a file");
        using var archive = ProbitArchive.Read(file);
        var validation = archive.Validation ?? throw new InvalidDataException($"{file}: holds no val_logits and val_labels; training uses nothing else");
        _ = ThreatModel.Draw(validation.Clients, recipe.Corrupted, 0);
        double best = 0;
        using var network = StageScreen.Watch([$"DeepSet, f = {recipe.Corrupted}"], screen => new AdversarialTraining(recipe).Train(validation, new Watcher(pass =>
        {
            best = Math.Max(best, pass.HeldOut ?? 0);
            screen.Report(0, $"pass {pass.Pass} of {recipe.Passes}, loss {pass.Loss:F3}" + (best > 0 ? $", best held-out worst case {100 * best:F1} %" : ""), (double)pass.Pass / recipe.Passes);
        }), cancel));
        DeepSetFile.Write(output, network, recipe.Corrupted);
        Console.Out.WriteLine(FormattableString.Invariant($"{output}: worst case {100 * best:F1} % on held-out validation data"));
        return 0;
    }

    sealed class Watcher(Action<PassProgress> onPass) : IProgress<PassProgress>
    {
        public void Report(PassProgress value) => onPass(value);
    }
}
