using RobustInference.Training;

namespace RobustInference.Catalogue;

/// <summary>The passes of COPUR's two networks as the stages of an experiment.</summary>
/// <param name="what">What is trained.</param>
/// <param name="recipe">How.</param>
/// <param name="progress">Told a stage's name and the share of all passes done.</param>
sealed class CopurStages(string what, CopurRecipe recipe, Action<string, double>? progress) : IProgress<CopurProgress>
{
    public void Report(CopurProgress value)
    {
        var (part, passes) = value.Server
            ? ("server", recipe.ServerPasses)
            : ("auto-encoder", recipe.AutoEncoderPasses);
        int done = value.Pass + (value.Server ? recipe.AutoEncoderPasses : 0);
        progress?.Invoke(
            FormattableString.Invariant($"{what}, {part}, pass {value.Pass} of {passes}, loss {value.Loss:F3}"),
            (double)done / (recipe.AutoEncoderPasses + recipe.ServerPasses)
        );
    }
}
