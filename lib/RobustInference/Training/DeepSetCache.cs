using RobustInference.Aggregators;
using RobustInference.Networks;
using RobustInference.Probits;

namespace RobustInference.Training;

/// <summary>Trained DeepSets by the hash of recipe and validation data.</summary>
/// <inheritdoc/>
public sealed class DeepSetCache(string folder)
    : NetworkCache<DeepSetRecipe, DeepSetNetwork, PassProgress>(folder, "deepset")
{
    /// <summary>Raised by hand when the same recipe on the same data would give another network.</summary>
    const int ResultsVersion = 1;

    /// <summary>Sixteen hexadecimal digits of the SHA-256 over recipe, results version, probits, those of the views and
    /// labels.</summary>
    public static string Key(DeepSetRecipe recipe, ProbitSet validation)
    {
        if (validation.Views.Count == 0)
            return Hash(recipe, ResultsVersion, validation.Probits, validation.Labels);
        using var all = ProbitSet.Join([validation, .. validation.Views]);
        return Hash(recipe, ResultsVersion, all.Probits, all.Labels);
    }

    protected override string KeyOf(DeepSetRecipe recipe, ProbitSet validation) => Key(recipe, validation);

    protected override DeepSetNetwork Train(
        DeepSetRecipe recipe,
        ProbitSet validation,
        IProgress<PassProgress>? progress,
        CancellationToken cancel,
        TrainingState state
    ) => new AdversarialTraining(recipe).Train(validation, progress, cancel, state);

    protected override DeepSetNetwork Read(string path) => DeepSetFile.Read(path).Network;

    protected override void Write(string path, DeepSetNetwork network, DeepSetRecipe recipe) =>
        DeepSetFile.Write(path, network, recipe.Corrupted);
}
