using RobustInference.Aggregators;
using RobustInference.Networks;
using RobustInference.Probits;

namespace RobustInference.Training;

/// <summary>COPUR's trained networks by the hash of recipe and validation data.</summary>
/// <inheritdoc/>
public sealed class CopurCache(string folder) : NetworkCache<CopurRecipe, CopurNetwork, CopurProgress>(folder, "copur")
{
    /// <summary>Raised by hand when the same recipe on the same data would give another network.</summary>
    const int ResultsVersion = 1;

    /// <summary>Sixteen hexadecimal digits of the SHA-256 over recipe, results version, logits and labels.</summary>
    public static string Key(CopurRecipe recipe, ProbitSet validation) =>
        Hash(recipe, ResultsVersion, validation.Logits, validation.Labels);

    protected override string KeyOf(CopurRecipe recipe, ProbitSet validation) => Key(recipe, validation);

    protected override CopurNetwork Train(
        CopurRecipe recipe,
        ProbitSet validation,
        IProgress<CopurProgress>? progress,
        CancellationToken cancel,
        TrainingState state
    ) => new CopurTraining(recipe).Train(validation, progress, cancel, state);

    protected override CopurNetwork Read(string path) => CopurFile.Read(path);

    protected override void Write(string path, CopurNetwork network, CopurRecipe recipe) =>
        CopurFile.Write(path, network);
}
