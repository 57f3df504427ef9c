using RobustInference.Numerics;
using RobustInference.Probits;

namespace RobustInference.Inputs.Checks;

/// <summary>A class that no label names is neither trained on nor judged.</summary>
public sealed class MissingClass : IInputCheck
{
    public string Name => "missing class";

    public IEnumerable<Finding> Examine(InputEnsemble input)
    {
        // One cause, one finding.
        if (LabelsFromOne.Suspects(input))
            yield break;
        foreach (var (set, part) in new[] { (input.Archive.Validation, "validation"), (input.Archive.Test, "test") })
            if (set is not null && Missing(set) is { Length: > 0 } missing)
                yield return new(
                    Name,
                    $"{part} labels",
                    $"{missing.Length} of {set.Classes} classes never occur: "
                        + string.Join(", ", missing.Take(5).Select(input.Names.Class))
                        + (missing.Length > 5 ? ", …" : ""),
                    part == "test" ? "nothing is said about them; add samples" : "rules cannot learn them; add samples"
                );
    }

    static int[] Missing(ProbitSet set)
    {
        var there = set.Labels.Integers().ToHashSet();
        return [.. Enumerable.Range(0, set.Classes).Where(k => !there.Contains(k))];
    }
}
