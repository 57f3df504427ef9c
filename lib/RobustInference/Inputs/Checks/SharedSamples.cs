namespace RobustInference.Inputs.Checks;

/// <summary>Test samples that are also in the validation part flatter what is trained on it.</summary>
/// <remarks>Votes are alike often enough without being of one sample: they are not compared.</remarks>
public sealed class SharedSamples : IInputCheck
{
    public string Name => "shared samples";

    public IEnumerable<Finding> Examine(InputFacts input)
    {
        if (input.Test.Shared > 0)
            yield return new(
                Name,
                "test samples",
                $"{input.Test.Shared:N0} of {input.Test.Samples:N0} are also in the validation part",
                "take them out of one of the two"
            );
    }
}
