namespace RobustInference.Inputs.Checks;

/// <summary>Labels that never name class 0 may count from 1, with the last class missing.</summary>
public sealed class LabelsFromOne : IInputCheck
{
    public string Name => "labels from 1";

    public IEnumerable<Finding> Examine(InputFacts input)
    {
        if (Suspects(input))
            yield return new(
                Name,
                "labels",
                $"class 0 of {input.Classes} never occurs, as if they counted from 1",
                "say --labels-from 1 if they do, --labels-from 0 if not"
            );
    }

    /// <summary>Whether labels begin at 1 though they are taken to count from 0.</summary>
    internal static bool Suspects(InputFacts input) =>
        input.LabelsFrom == 0
        && input.Names.Classes is null
        && !input.SaysLabelsFrom
        && input.Test.Labels[0] + (input.ValidationLabels?[0] ?? 0) == 0
        && input.Test.Labels[1] + (input.ValidationLabels?[1] ?? 0) > 0;
}
