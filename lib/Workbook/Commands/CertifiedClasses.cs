using RobustInference.Training;

namespace Workbook.Commands;

/// <summary>What <c>aggregator train</c> says of each class: an average hides a class that is given up.</summary>
static class CertifiedClasses
{
    /// <summary>A line with the certified accuracy of every class, and one more that names those that are given
    /// up.</summary>
    /// <param name="threat"><c>fixed</c> or <c>any</c>.</param>
    /// <param name="shares">0…1, class by class.</param>
    public static void Say(string threat, IReadOnlyList<double> shares)
    {
        Console.Out.WriteLine(
            $"certified of each class, {threat}: "
                + string.Join(
                    ", ",
                    shares.Select((share, k) => FormattableString.Invariant($"{k}: {100 * share:F1} %"))
                )
        );
        int[] lost = [.. Enumerable.Range(0, shares.Count).Where(k => shares[k] < VoteFigures.LeastCovered)];
        if (lost.Length > 0)
            Console.Out.WriteLine(
                FormattableString.Invariant(
                    $"given up, {threat} (under {100 * VoteFigures.LeastCovered:F0} % certified): "
                ) + $"class {string.Join(", ", lost)}"
            );
    }
}
