using RobustInference.Training;

namespace RobustInference.Catalogue;

/// <summary>Training's passes as the stages of an experiment.</summary>
/// <param name="what">What is trained.</param>
/// <param name="passes">How often over the data.</param>
/// <param name="progress">Told a stage's name and the share of the passes done.</param>
public sealed class PassStages(string what, int passes, Action<string, double>? progress) : IProgress<PassProgress>
{
    public void Report(PassProgress value) =>
        progress?.Invoke(
            FormattableString.Invariant($"{what}, pass {value.Pass} of {passes}, loss {value.Loss:F3}"),
            (double)value.Pass / passes
        );
}
