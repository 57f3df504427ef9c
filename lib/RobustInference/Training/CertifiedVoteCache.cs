using RobustInference.Probits;

namespace RobustInference.Training;

/// <summary>CertifiedVotes by the hash of recipe and validation data.</summary>
/// <inheritdoc/>
public sealed class CertifiedVoteCache(string folder)
    : NetworkCache<CertifiedVoteRecipe, TrainedVote, PassProgress>(folder, "certified-vote")
{
    /// <summary>Raised by hand when the same recipe on the same data would give another network.</summary>
    const int ResultsVersion = 1;

    /// <summary>Sixteen hexadecimal digits of the SHA-256 over recipe, results version, probits and labels.</summary>
    public static string Key(CertifiedVoteRecipe recipe, ProbitSet validation) =>
        Hash(recipe, ResultsVersion, validation.Probits, validation.Labels);

    protected override string KeyOf(CertifiedVoteRecipe recipe, ProbitSet validation) => Key(recipe, validation);

    protected override TrainedVote Train(
        CertifiedVoteRecipe recipe,
        ProbitSet validation,
        IProgress<PassProgress>? progress,
        CancellationToken cancel,
        TrainingState state
    ) =>
        new(
            new CertifiedVoteTraining(recipe).Train(validation, progress, cancel, state),
            recipe.Corrupted,
            recipe.Adversary
        );

    protected override TrainedVote Read(string path) => CertifiedVoteFile.Read(path);

    protected override void Write(string path, TrainedVote network, CertifiedVoteRecipe recipe) =>
        CertifiedVoteFile.Write(path, network);
}
