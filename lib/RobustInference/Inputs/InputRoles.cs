namespace RobustInference.Inputs;

/// <summary>Which array of a source means what.</summary>
/// <param name="Test">The answers that rules are judged by.</param>
/// <param name="Validation">Those that they are trained on; null for none.</param>
/// <param name="ClientNames">The array of the clients' names; null for none.</param>
/// <param name="ClassNames">The array of the classes' names; null for none.</param>
/// <param name="IsGuessed">Whether names were not those of the documentation.</param>
sealed record InputRoles(
    PartRoles Test,
    PartRoles? Validation,
    ArrayInfo? ClientNames,
    ArrayInfo? ClassNames,
    bool IsGuessed
)
{
    static readonly string[] Kinds = ["logits", "probits"];

    /// <summary>Finds out, by the names where they are those of the documentation, else by names and shapes.</summary>
    /// <exception cref="InvalidDataException">It is not clear; the message says what there is, and which option
    /// helps.</exception>
    public static InputRoles Of(ArraySource source, InputOptions options)
    {
        var arrays = source.Arrays;
        var ofClasses = arrays
            .Where(array => IsNames(array, ArrayName.Of(array.Name).IsOfClasses && ArrayName.Of(array.Name).IsOfNames))
            .ToArray();
        CheckSame(source, ofClasses);
        ArrayInfo? clients = arrays.FirstOrDefault(array => IsNames(array, ArrayName.Of(array.Name).IsOfClients)),
            classes = arrays.FirstOrDefault(array => IsNames(array, ArrayName.Of(array.Name).IsOfClasses));
        if (options.Probits is null && options.Labels is null && Documented(source) is { } known)
            return known with { ClientNames = clients, ClassNames = classes };
        var finder = new RoleFinder(
            source,
            options,
            [.. arrays.Except([.. ofClasses, .. new[] { clients, classes }.OfType<ArrayInfo>()])]
        );
        return new(finder.Test(), finder.Validation(), clients, classes, true);
    }

    /// <summary>Where each client's file names the classes, all must mean the same order.</summary>
    static void CheckSame(ArraySource source, ArrayInfo[] names)
    {
        for (int i = 1; i < names.Length; i++)
            if (!source.Read(names[i].Name).ToTexts().SequenceEqual(source.Read(names[0].Name).ToTexts()))
                throw new InvalidDataException(
                    $"{source.FileOf(names[i].Name)}: its classes are not those of {source.FileOf(names[0].Name)} "
                        + $"in their "
                        + "order; order the columns alike"
                );
    }

    static bool IsNames(ArrayInfo array, bool says) =>
        says && array.IsText && array.Shape.Length == 1 && !ArrayName.Of(array.Name).IsOfLabels;

    static InputRoles? Documented(ArraySource source)
    {
        var byName = source.Arrays.ToDictionary(array => array.Name);
        string[] prefixes = ["test_", "", "val_"];
        if (!prefixes.Any(prefix => Kinds.Append("labels").Any(kind => byName.ContainsKey(prefix + kind))))
            return null;
        // Labels alone may belong to answers of other names.
        if (!prefixes.Any(prefix => Kinds.Any(kind => byName.ContainsKey(prefix + kind))) && byName.Count > 1)
            return null;
        var test =
            Part("test_")
            ?? Part("")
            ?? throw new InvalidDataException(
                $"{source.Path}: holds neither test_logits, test_probits, logits nor probits{Cure(source)}"
            );
        return new(test, Part("val_"), null, null, false);

        PartRoles? Part(string prefix)
        {
            string[] kinds = [.. Kinds.Where(kind => byName.ContainsKey(prefix + kind))];
            if (kinds.Length == 0)
                return !byName.ContainsKey(prefix + "labels") || prefix == "" && byName.ContainsKey("test_labels")
                    ? null
                    : throw new InvalidDataException(
                        $"{source.Path}: holds {prefix}labels, but neither {prefix}logits nor {prefix}probits"
                            + Cure(source)
                    );
            string name = prefix + kinds[0];
            if (kinds.Length > 1)
                throw new InvalidDataException(
                    $"{source.Path}: holds both {prefix}logits and {prefix}probits; keep one, or name one with "
                        + $"--probits"
                );
            if (!byName.TryGetValue(prefix + "labels", out var labels))
                throw new InvalidDataException($"{source.Path}: holds {name}, but no {prefix}labels{Cure(source)}");
            return new([byName[name]], labels);
        }
    }

    static string Cure(ArraySource source) =>
        $"; there are {string.Join("; ", source.Arrays.Take(8))}: name them with --probits and --labels";
}
