using RobustInference.Aggregators;
using RobustInference.Certificates;
using RobustInference.Evaluation;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Training;
using static TorchSharp.torch;

namespace Workbook.Commands;

/// <summary><c>aggregator train --kind vote</c>.</summary>
static class VoteTraining
{
    /// <summary>Trains a vote, writes it, and says what is certified of it, on held-out data where there are
    /// some.</summary>
    public static int Run(string file, CertifiedVoteRecipe recipe, string output, CancellationToken cancel)
    {
        using var archive = AggregatorCommand.Open(file, recipe.Corrupted, output);
        var validation = archive.Validation!;
        var training = new CertifiedVoteTraining(recipe);
        using var network = AggregatorCommand.Watch(
            "CertifiedVote",
            recipe.Corrupted,
            recipe.Passes * recipe.Members,
            _ => { },
            () => "",
            watcher => training.Train(validation, watcher, cancel)
        );
        CertifiedVoteFile.Write(output, new TrainedVote(network, recipe.Corrupted, recipe.Adversary));
        var held = training.Split(validation).HeldOut;
        using var answers = held.Length == 0 ? null : validation.Select(held);
        Console.Out.WriteLine(
            answers is null
                ? $"{output}: trained on all validation data"
                : Summary(output, training, network, recipe, answers)
        );
        return 0;
    }

    static string Summary(
        string output,
        CertifiedVoteTraining training,
        VoteNetwork network,
        CertifiedVoteRecipe recipe,
        ProbitSet answers
    )
    {
        var (clean, certified) = training.Measure(network, answers);
        using var scores = new CertifiedVote(network).Scores(answers.Probits);
        using var chosen = scores.argmax(1);
        long[] labels = answers.Labels.Integers();
        bool[] covered = new CertifiedVoteCertificate(network).Certified(
            answers,
            recipe.Adversary,
            ThreatModel.Draw(answers.Clients, recipe.Corrupted, recipe.Seed)
        );
        int asked = labels.Distinct().Count(),
            answered = chosen.Integers().Distinct().Count(),
            classes = labels.Where((_, s) => covered[s]).Distinct().Count();
        return FormattableString.Invariant(
                $"{output}: certified {100 * certified:F1} % at {100 * clean:F1} % clean on held-out validation data; "
            ) + $"it answers {answered} of {asked} classes and certifies samples of {classes}";
    }
}
