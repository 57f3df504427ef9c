using System.Globalization;

namespace RobustInference.Inputs;

/// <summary>Which class each label and each vote of an ensemble means: decided for all parts at once.</summary>
/// <param name="Classes">K; null where only labels and votes say so.</param>
/// <param name="Names">The classes' names, in their order; null where they have none.</param>
/// <param name="First">The number of the first class, 0 or 1.</param>
sealed record LabelCodes(int? Classes, IReadOnlyList<string>? Names, int First)
{
    const int MostClasses = 100_000;

    /// <summary>Decides.</summary>
    /// <param name="columns">All labels and votes.</param>
    /// <param name="classes">K as the answers have it; null for votes.</param>
    /// <param name="names">Names that the file gives the classes; null for none.</param>
    /// <param name="first">What the user says about the first class.</param>
    /// <exception cref="InvalidDataException">It is not clear.</exception>
    public static LabelCodes Of(
        IReadOnlyList<RawLabels> columns,
        int? classes,
        IReadOnlyList<string>? names,
        int? first
    )
    {
        if (columns.FirstOrDefault(column => column.Texts is not null) is { } text)
            return new(classes, OfTexts(text, columns, classes, names), 0);
        long[] numbers = [.. columns.SelectMany(column => column.Numbers!)];
        if (numbers.Length == 0)
            return new(classes, names, 0);
        // Columns that are called by the labels' numbers say more than any count.
        if (names is not null && first is null && numbers.Distinct().Select(Text).All(names.Contains))
            return new(names.Count, names, 0);
        long least = numbers.Min(),
            greatest = numbers.Max();
        int start = first ?? (least >= 1 && (classes is null || greatest == classes) ? 1 : 0);
        int count = classes ?? names?.Count ?? (int)Math.Clamp(greatest - start + 1, 2, MostClasses);
        return new(count, names, start);
    }

    /// <summary>Class numbers from 0; what is no class stays out of range.</summary>
    /// <exception cref="InvalidDataException">A name that no class has.</exception>
    public long[] Apply(RawLabels column)
    {
        bool byName =
            Names is not null && (column.Texts is not null || column.Numbers!.All(n => Names.Contains(Text(n))));
        if (!byName)
            return [.. column.Numbers!.Select(number => number - First)];
        var places = Names!.Select((name, i) => (name, i)).ToDictionary(entry => entry.name, entry => (long)entry.i);
        IEnumerable<string> texts = column.Texts ?? column.Numbers!.Select(Text);
        return
        [
            .. texts.Select(
                (text, s) =>
                    places.TryGetValue(text, out long place)
                        ? place
                        : throw new InvalidDataException(
                            $"{column.Name}, sample {s}: no class is called '{text}'; there are "
                                + $"{string.Join(", ", Names!.Take(20))}"
                        )
            ),
        ];
    }

    static IReadOnlyList<string> OfTexts(
        RawLabels text,
        IReadOnlyList<RawLabels> columns,
        int? classes,
        IReadOnlyList<string>? names
    )
    {
        if (names is not null)
            return names;
        string[] found =
        [
            .. columns
                .SelectMany(column => column.Texts ?? column.Numbers!.Select(Text))
                .Distinct()
                .Order(NaturalOrder.Instance),
        ];
        return classes is null || found.Length == classes
            ? found
            : throw new InvalidDataException(
                $"{text.Name} holds {found.Length} names for {classes} classes, so which column each name means is "
                    + $"not known; "
                    + $"add an array class_names with all {classes} in their order"
            );
    }

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
