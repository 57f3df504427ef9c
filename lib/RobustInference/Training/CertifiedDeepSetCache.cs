using RobustInference.Aggregators;
using RobustInference.Probits;

namespace RobustInference.Training;

/// <summary>CertifiedDeepSets by the hash of recipe and validation data.</summary>
/// <inheritdoc/>
public sealed class CertifiedDeepSetCache(string folder)
    : NetworkCache<CertifiedRecipe, TrainedDeepSet, PassProgress>(folder, "certified-deepset")
{
    /// <summary>Raised by hand when the same recipe on the same data would give another network.</summary>
    const int ResultsVersion = 1;

    /// <summary>Sixteen hexadecimal digits of the SHA-256 over recipe, results version, probits and labels.</summary>
    public static string Key(CertifiedRecipe recipe, ProbitSet validation) =>
        Hash(recipe, ResultsVersion, validation.Probits, validation.Labels);

    protected override string KeyOf(CertifiedRecipe recipe, ProbitSet validation) => Key(recipe, validation);

    protected override TrainedDeepSet Train(
        CertifiedRecipe recipe,
        ProbitSet validation,
        IProgress<PassProgress>? progress,
        CancellationToken cancel,
        TrainingState state
    ) =>
        new(
            new CertifiedTraining(recipe).Train(validation, progress, cancel, state),
            recipe.TrimOf(validation.Clients),
            recipe.Corrupted,
            IsCertified: true
        );

    protected override TrainedDeepSet Read(string path) => DeepSetFile.Read(path);

    protected override void Write(string path, TrainedDeepSet network, CertifiedRecipe recipe) =>
        DeepSetFile.Write(path, network);
}
