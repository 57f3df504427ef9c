using RobustInference.Inputs;

namespace RobustInference.Assessment;

/// <summary>How many samples of a class each part has.</summary>
/// <param name="Class">From 0.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Test">Test samples.</param>
/// <param name="Validation">Validation samples; null without a validation part.</param>
public sealed record ClassBalance(int Class, string Name, int Test, int? Validation)
{
    /// <summary>Of every class.</summary>
    public static IReadOnlyList<ClassBalance> Of(InputFacts input) =>
        [
            .. input.Test.Labels.Select(
                (count, k) => new ClassBalance(k, input.Names.Class(k), count, input.ValidationLabels?[k])
            ),
        ];
}
