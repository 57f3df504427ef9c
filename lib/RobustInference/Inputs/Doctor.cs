using RobustInference.Inputs.Checks;

namespace RobustInference.Inputs;

/// <summary>Looks an input over for what is suspicious though it can be read.</summary>
public static class Doctor
{
    /// <summary>The checks, each a type of its own.</summary>
    public static IReadOnlyList<IInputCheck> Checks { get; } =
    [
        new FewSamples(),
        new MissingClass(),
        new LabelsFromOne(),
        new SaturatedAnswers(),
        new CopiedClient(),
        new ClientAtChance(),
        new SharedSamples(),
    ];

    /// <summary>What every check finds, in their order.</summary>
    public static IReadOnlyList<Finding> Examine(InputFacts input) =>
        [.. Checks.SelectMany(check => check.Examine(input))];

    /// <summary>What every check finds in an input that is in memory.</summary>
    public static IReadOnlyList<Finding> Examine(InputEnsemble input) => Examine(InputFacts.Of(input));
}
