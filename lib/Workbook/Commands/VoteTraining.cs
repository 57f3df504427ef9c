using RobustInference.Aggregators;
using RobustInference.Inputs;
using RobustInference.Networks;
using RobustInference.Probits;
using RobustInference.Results;
using RobustInference.Training;

namespace Workbook.Commands;

/// <summary><c>aggregator train --kind vote</c>.</summary>
static class VoteTraining
{
    const double HeldOutToChoose = 0.3;

    /// <summary>Trains a vote, after choosing its weight if there are several, writes it, and says what is certified of
    /// it on held-out data where there are some.</summary>
    public static int Run(
        InputEnsemble answers,
        CertifiedVoteRecipe recipe,
        double[]? weights,
        double cost,
        string output,
        CancellationToken cancel
    )
    {
        if (weights?.Max() > 1)
            throw new ArgumentException(
                FormattableString.Invariant($"--weights names {100 * weights.Max()}; a weight is at most 100 percent")
            );
        var archive = AggregatorCommand.Open(answers, recipe.Corrupted, output);
        var validation = archive.Validation!;
        if (weights is not null)
            recipe = Choose(recipe, weights, cost, validation, cancel);
        var training = new CertifiedVoteTraining(recipe);
        var state = new CertifiedVoteCache(WorkbookFolder.TrainedAggregators).StateOf(recipe, validation);
        using var network = Watch(
            recipe,
            "CertifiedVote",
            watcher => training.Train(validation, watcher, cancel, state)
        );
        CertifiedVoteFile.Write(output, new TrainedVote(network, recipe.Corrupted, recipe.Adversary));
        var held = training.Split(validation).HeldOut;
        using var unseen = held.Length == 0 ? null : validation.Select(held);
        if (unseen is null)
        {
            Console.Out.WriteLine($"{output}: trained on all validation data");
            return 0;
        }
        var figures = training.Measure(network, unseen);
        Console.Out.WriteLine($"{output}: {CertifiedClasses.Summary(figures)} on held-out validation data");
        CertifiedClasses.Say("fixed", figures.FixedOfClass);
        CertifiedClasses.Say("any", figures.AnyOfClass);
        return 0;
    }

    static CertifiedVoteRecipe Choose(
        CertifiedVoteRecipe recipe,
        double[] weights,
        double cost,
        ProbitSet validation,
        CancellationToken cancel
    )
    {
        CertifiedVoteRecipe[] candidates =
        [
            .. weights.Select(weight =>
                recipe with
                {
                    Weight = weight,
                    HeldOut = recipe.HeldOut > 0 ? recipe.HeldOut : HeldOutToChoose,
                }
            ),
        ];
        var (chosen, figures) = Watch(
            candidates[0] with
            {
                Passes = recipe.Passes * candidates.Length,
            },
            "choosing a weight",
            watcher =>
                new VoteChoice(cost).Choose(
                    candidates,
                    validation,
                    (index, pass) =>
                        watcher.Report(pass with { Pass = index * recipe.Members * recipe.Passes + pass.Pass }),
                    cancel
                )
        );
        foreach (var (figure, weight) in figures.Zip(weights))
            Console.Out.WriteLine(
                FormattableString.Invariant($"weight {100 * weight:0}: ")
                    + CertifiedClasses.Summary(figure)
                    + (weight == chosen.Weight ? " (chosen)" : "")
            );
        return chosen;
    }

    static T Watch<T>(CertifiedVoteRecipe recipe, string what, Func<IProgress<PassProgress>, T> train) =>
        AggregatorCommand.Watch(what, recipe.Corrupted, recipe.Passes * recipe.Members, _ => { }, () => "", train);
}
