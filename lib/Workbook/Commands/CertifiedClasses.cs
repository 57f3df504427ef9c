using RobustInference.Training;

namespace Workbook.Commands;

/// <summary>What <c>aggregator train</c> says of each class: an average hides a class that is given up.</summary>
static class CertifiedClasses
{
    const int Listed = 20;

    /// <summary>A line with the certified accuracy of every class, and one more that names those that are given up;
    /// where there are more than twenty, a line with the least, the greatest and how many are given up.</summary>
    /// <param name="threat"><c>fixed</c> or <c>any</c>.</param>
    /// <param name="shares">0…1, class by class.</param>
    public static void Say(string threat, IReadOnlyList<double> shares)
    {
        if (shares.Count > Listed)
        {
            Console.Out.WriteLine(
                FormattableString.Invariant(
                    $"certified of each class, {threat}: {100 * shares.Min():0.0} to {100 * shares.Max():0.0} %, under "
                )
                    + FormattableString.Invariant(
                        $"{100 * CertifiedFigures.LeastCovered:F0} % in {shares.Count(IsLost)} of "
                    )
                    + $"{shares.Count} classes"
            );
            return;
        }
        Console.Out.WriteLine(
            $"certified of each class, {threat}: "
                + string.Join(
                    ", ",
                    shares.Select((share, k) => FormattableString.Invariant($"{k}: {100 * share:0.0} %"))
                )
        );
        int[] lost = [.. Enumerable.Range(0, shares.Count).Where(k => IsLost(shares[k]))];
        if (lost.Length > 0)
            Console.Out.WriteLine(
                FormattableString.Invariant(
                    $"given up, {threat} (under {100 * CertifiedFigures.LeastCovered:F0} % certified): "
                ) + $"class {string.Join(", ", lost)}"
            );
    }

    static bool IsLost(double share) => share < CertifiedFigures.LeastCovered;

    /// <summary>A rule's figures in a line.</summary>
    public static string Summary(CertifiedFigures figures) =>
        FormattableString.Invariant(
            $"certified {100 * figures.Fixed:0.0} % fixed and {100 * figures.Any:0.0} % any, clean "
        )
        + FormattableString.Invariant($"{100 * figures.Clean:0.0} % ")
        + FormattableString.Invariant(
            $"(the plain mean {100 * figures.Mean:0.0} %), {figures.Answered} classes answered, "
        )
        + FormattableString.Invariant($"{figures.Covered} certified");
}
