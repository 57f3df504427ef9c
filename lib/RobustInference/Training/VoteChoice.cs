using RobustInference.Probits;

namespace RobustInference.Training;

/// <summary>Chooses a recipe of <see cref="CertifiedVoteTraining"/> on a part of the validation data that none of the
/// candidates is trained on; the test set is never seen.</summary>
/// <remarks>The criterion: among the candidates whose clean accuracy is at least that of the plain mean less
/// <paramref name="cost"/>, both on the held-out part, those that give up the fewest classes
/// (<see cref="CertifiedFigures.Covered"/>), and of these the one with the greatest certified accuracy for any set; if
/// no candidate is as accurate, the one that is nearest to it.</remarks>
/// <param name="cost">0…1.</param>
public sealed class VoteChoice(double cost)
{
    /// <summary>Trains and measures each candidate.</summary>
    /// <param name="candidates">Each must hold a share out.</param>
    /// <param name="validation">The server's validation data.</param>
    /// <param name="progress">Told each candidate's number and its passes.</param>
    /// <param name="cancel">Checked before every batch.</param>
    /// <returns>The chosen recipe, trained on all of the data from here on (its held-out share is 0), and what was
    /// measured of each candidate.</returns>
    /// <exception cref="ArgumentException">No candidates, or one that holds nothing out.</exception>
    public (CertifiedVoteRecipe Chosen, IReadOnlyList<CertifiedFigures> Figures) Choose(
        IReadOnlyList<CertifiedVoteRecipe> candidates,
        ProbitSet validation,
        Action<int, PassProgress>? progress = null,
        CancellationToken cancel = default
    )
    {
        if (candidates.Count == 0 || candidates.Any(recipe => recipe.HeldOut <= 0))
            throw new ArgumentException("a choice takes candidates, each with a share of the data held out");
        var figures = candidates.Select((recipe, i) => Measured(recipe, i)).ToArray();
        int best = Best(figures);
        return (candidates[best] with { HeldOut = 0 }, figures);

        CertifiedFigures Measured(CertifiedVoteRecipe recipe, int index)
        {
            var training = new CertifiedVoteTraining(recipe);
            using var held = validation.Select(training.Split(validation).HeldOut);
            using var network = training.Train(validation, new Passes(pass => progress?.Invoke(index, pass)), cancel);
            return training.Measure(network, held);
        }
    }

    /// <summary>The number of the candidate that the criterion chooses.</summary>
    public int Best(IReadOnlyList<CertifiedFigures> figures)
    {
        double Lack(CertifiedFigures own) => Math.Max(0, own.Mean - cost - own.Clean);
        return Enumerable
            .Range(0, figures.Count)
            .OrderBy(i => Lack(figures[i]))
            .ThenByDescending(i => figures[i].Covered)
            .ThenByDescending(i => figures[i].Any)
            .First();
    }

    sealed class Passes(Action<PassProgress> heard) : IProgress<PassProgress>
    {
        public void Report(PassProgress value) => heard(value);
    }
}
