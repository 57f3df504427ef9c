namespace RobustInference.Inputs;

/// <summary>Guesses by names and shapes which array means what, where it is clear.</summary>
/// <param name="source">Whose arrays.</param>
/// <param name="options">What the user says of them.</param>
/// <param name="arrays">Those that are not names of clients or classes.</param>
sealed class RoleFinder(ArraySource source, InputOptions options, IReadOnlyList<ArrayInfo> arrays)
{
    const int Shown = 12;

    readonly IReadOnlyList<(ArrayInfo Array, ArrayName Name)> named =
    [
        .. arrays
            .Select(array => (array, ArrayName.Of(array.Name)))
            .Where(entry => entry.Item2.Part != InputPart.Training),
    ];

    /// <summary>The part that rules are judged by.</summary>
    /// <exception cref="InvalidDataException">It is not clear.</exception>
    public PartRoles Test()
    {
        var own = Of(InputPart.Test);
        return Find(own.Count > 0 ? own : Of(null), "answers");
    }

    /// <summary>The part that rules are trained on; null for none.</summary>
    /// <exception cref="InvalidDataException">It is not clear.</exception>
    public PartRoles? Validation()
    {
        var own = Of(InputPart.Validation);
        return own.Count == 0 ? null : Find(own, "validation answers");
    }

    List<(ArrayInfo Array, ArrayName Name)> Of(InputPart? part) => [.. named.Where(entry => entry.Name.Part == part)];

    PartRoles Find(List<(ArrayInfo Array, ArrayName Name)> own, string what)
    {
        // Each client's file may repeat the labels.
        var repeated = own.Where(entry => entry.Array.Name.EndsWith("/labels", StringComparison.Ordinal))
            .Select(entry => entry.Array)
            .ToArray();
        bool repeats = options.Labels is null && repeated.Length > 1;
        var labels = repeats ? repeated[0] : Labels(own, what);
        var rest = own.Where(entry => entry.Array != labels && !(repeats && repeated.Contains(entry.Array))).ToList();
        return new(Answers(rest, what), labels, repeats ? repeated[1..] : null);
    }

    ArrayInfo? Labels(List<(ArrayInfo Array, ArrayName Name)> own, string what)
    {
        if (options.Labels is { } asked)
        {
            if (Asked(own, asked) is { } found)
                return found;
            if (File.Exists(asked))
                return null;
            throw Unclear($"there is no array or file '{asked}', which --labels names");
        }
        var hinted = own.Where(entry => entry.Name.IsOfLabels && entry.Array.Shape.Length is 1 or 2).ToArray();
        if (hinted.Length == 1)
            return hinted[0].Array;
        var flat = own.Where(entry => entry.Array.Shape.Length == 1 && entry.Array.Fault is null).ToArray();
        if (hinted.Length == 0 && flat.Length == 1)
            return flat[0].Array;
        throw Unclear(
            hinted.Length > 1
                ? $"{string.Join(" and ", hinted.Select(entry => entry.Array.Name))} may be the labels of the "
                    + $"{what}; name one with --labels"
                : $"holds neither test_logits nor the like, and no array is clearly the labels of the {what}; name "
                    + $"one, or "
                    + "a file, with --labels"
        );
    }

    IReadOnlyList<ArrayInfo> Answers(List<(ArrayInfo Array, ArrayName Name)> own, string what)
    {
        if (options.Probits is { } asked)
            return Asked(own, asked) is { } found
                ? [found]
                : throw Unclear($"there is no array '{asked}', which --probits names");
        var whole = own.Where(entry => entry.Array.Shape.Length == 3).ToArray();
        if (whole.Length > 1 && whole.Count(entry => entry.Name.IsOfAnswers) == 1)
            whole = [whole.Single(entry => entry.Name.IsOfAnswers)];
        if (whole.Length > 1)
            throw Unclear(
                $"{string.Join(" and ", whole.Select(entry => entry.Array.Name))} may be the {what}; name one with "
                    + $"--probits"
            );
        if (whole.Length == 1)
            return [whole[0].Array];
        // One array a client: [samples, classes], or [samples] where clients vote.
        foreach (int axes in new[] { 2, 1 })
        {
            var each = own.Where(entry => entry.Array.Shape.Length == axes && entry.Array.Fault is null).ToArray();
            var same = each.Where(entry => entry.Array.Shape.SequenceEqual(each[0].Array.Shape)).ToArray();
            if (each.Length >= 2 && same.Length < each.Length)
                throw Unclear(
                    $"{each[0].Array} and {each.First(entry => !same.Contains(entry)).Array} are not of one shape; "
                        + "each client must answer the same samples over the same classes"
                );
            if (each.Length >= 2 && (axes == 2 ? each.All(entry => entry.Array.IsFloat) : each.All(IsVote)))
                return [.. each.Select(entry => entry.Array)];
            if (axes == 2 && each is [var votes] && IsVote(votes))
                return [votes.Array];
        }
        throw Unclear(
            own.FirstOrDefault(entry => entry.Name.IsOfAnswers).Array is { } wrong
                ? $"{wrong} is not of the shape (samples, clients, classes)"
                : $"no array is clearly the {what}: wanted (samples, clients, classes), or (samples, classes) a "
                    + $"client; "
                    + "name one with --probits"
        );
    }

    static bool IsVote((ArrayInfo Array, ArrayName Name) entry) => !entry.Array.IsFloat;

    static ArrayInfo? Asked(List<(ArrayInfo Array, ArrayName Name)> own, string asked) =>
        own.FirstOrDefault(entry => entry.Array.Name == asked).Array
        ?? own.FirstOrDefault(entry => entry.Name.Rest == asked || entry.Name.Rest == ArrayName.Of(asked).Rest).Array;

    InvalidDataException Unclear(string why) =>
        new(
            $"{source.Path}: {why}; there "
                + (arrays.Count == 0 ? "is nothing" : $"are {string.Join("; ", arrays.Take(Shown))}")
                + (arrays.Count > Shown ? $" and {arrays.Count - Shown} more" : "")
        );
}
