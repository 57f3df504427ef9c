namespace RobustInference.Reporting;

/// <summary>What a <see cref="Panel"/> shows under one name of the legend. NaN is a gap everywhere.</summary>
/// <param name="Name">Its name in the legend; series of one name share a colour and a legend entry across panels; empty
/// for none.</param>
public abstract record Series(string Name)
{
    /// <summary>The series' colour in <see cref="Palette"/>; null: by the order in which names come up in the
    /// figure.</summary>
    public int? Colour { get; init; }

    internal static void MustAgree(string name, int first, int? second, string what)
    {
        if (second is { } count && count != first)
            throw new ArgumentException($"series '{name}' has {first} values and {count} {what}");
    }
}
