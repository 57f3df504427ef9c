using RobustInference.Numerics;
using RobustInference.Probits;

namespace RobustInference.Assessment;

/// <summary>How many samples of a class each part has.</summary>
/// <param name="Class">From 0.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Test">Test samples.</param>
/// <param name="Validation">Validation samples; null without a validation part.</param>
public sealed record ClassBalance(int Class, string Name, int Test, int? Validation)
{
    /// <summary>Of every class.</summary>
    public static IReadOnlyList<ClassBalance> Of(ProbitArchive archive)
    {
        int[] test = Counts(archive.Test);
        int[]? validation = archive.Validation is { } set ? Counts(set) : null;
        return [.. test.Select((count, k) => new ClassBalance(k, archive.Names.Class(k), count, validation?[k]))];
    }

    static int[] Counts(ProbitSet set)
    {
        var counts = new int[set.Classes];
        foreach (long label in set.Labels.Integers())
            counts[label]++;
        return counts;
    }
}
