namespace RobustInference.Inputs.Checks;

/// <summary>A class that no label names is neither trained on nor judged.</summary>
public sealed class MissingClass : IInputCheck
{
    public string Name => "missing class";

    public IEnumerable<Finding> Examine(InputFacts input)
    {
        // One cause, one finding.
        if (LabelsFromOne.Suspects(input))
            yield break;
        foreach (var (counts, part) in new[] { (input.ValidationLabels, "validation"), (input.Test.Labels, "test") })
            if (counts is not null && Missing(counts) is { Length: > 0 } missing)
                yield return new(
                    Name,
                    $"{part} labels",
                    $"{missing.Length} of {counts.Count} classes never occur: "
                        + string.Join(", ", missing.Take(5).Select(input.Names.Class))
                        + (missing.Length > 5 ? ", …" : ""),
                    part == "test" ? "nothing is said about them; add samples" : "rules cannot learn them; add samples"
                );
    }

    static int[] Missing(IReadOnlyList<int> counts) =>
        [.. Enumerable.Range(0, counts.Count).Where(k => counts[k] == 0)];
}
