using System.Globalization;
using RobustInference.Catalogue;
using RobustInference.Probits;
using RobustInference.Reporting;
using RobustInference.Running;

namespace RobustInference.Paper;

/// <summary>Recipes of certified training between clean and certified accuracy: a panel a threat model and α, a line an
/// ensemble; held-out figures hollow, test figures filled.</summary>
public static class FrontierFigure
{
    /// <summary>Draws them; a threat model and α without points has no panel.</summary>
    /// <param name="title">Stands over the figure.</param>
    /// <param name="frontiers">One an ensemble, whose name says its α and seed.</param>
    public static Figure Of(string title, IReadOnlyList<CertifiedFrontier> frontiers)
    {
        string[] alphas = [.. frontiers.Select(frontier => AlphaOf(frontier.Ensemble)).Distinct().Order()];
        string[] seeds = [.. frontiers.Select(frontier => SeedOf(frontier.Ensemble)).Distinct().Order()];
        (double low, double high) = Ends(frontiers.SelectMany(f => f.Points).SelectMany(Cleans));
        (double bottom, double top) = Ends(frontiers.SelectMany(f => f.Points).SelectMany(Certifieds));
        var panels =
            from adversary in Enum.GetValues<Adversary>()
            from alpha in alphas
            let series = frontiers
                .Where(frontier => AlphaOf(frontier.Ensemble) == alpha)
                .SelectMany(frontier => Lines(frontier, adversary, seeds))
                .ToArray()
            where series.Length > 0
            select new Panel(
                new Axis("Clean accuracy (%)") { Min = low, Max = high },
                new Axis("Certified accuracy (%)") { Min = bottom, Max = top },
                series
            )
            {
                Title = $"{ThreatName.Of(adversary)}, α = {alpha}",
            };
        return new Figure(title, [.. panels]) { Columns = 3 };
    }

    static IEnumerable<LineSeries> Lines(CertifiedFrontier frontier, Adversary adversary, string[] seeds)
    {
        string seed = SeedOf(frontier.Ensemble);
        var own = frontier.Points.Where(point => point.Recipe.Adversary == adversary).ToArray();
        var held = own.Where(point => point.HeldOutClean is not null).OrderBy(point => point.HeldOutClean).ToArray();
        var test = own.Where(point => point.TestClean is not null).OrderBy(point => point.TestClean).ToArray();
        int colour = Array.IndexOf(seeds, seed);
        if (held.Length > 0)
            yield return new LineSeries(
                $"seed {seed}, held out",
                [.. held.Select(point => 100 * point.HeldOutClean!.Value)],
                [.. held.Select(point => 100 * point.HeldOutCertified!.Value)]
            )
            {
                IsDashed = true,
                IsHollow = true,
                Colour = colour,
            };
        if (test.Length > 0)
            yield return new LineSeries(
                $"seed {seed}, test",
                [.. test.Select(point => 100 * point.TestClean!.Value)],
                [.. test.Select(point => 100 * point.TestCertified!.Value)]
            )
            {
                Colour = colour,
            };
    }

    static IEnumerable<double> Cleans(FrontierPoint point) =>
        new[] { point.HeldOutClean, point.TestClean }.OfType<double>().Select(share => 100 * share);

    static IEnumerable<double> Certifieds(FrontierPoint point) =>
        new[] { point.HeldOutCertified, point.TestCertified }.OfType<double>().Select(share => 100 * share);

    /// <summary>Whole fives around the values, at least a point away from them.</summary>
    static (double Low, double High) Ends(IEnumerable<double> values)
    {
        double[] there = [.. values.DefaultIfEmpty(0)];
        return (5 * Math.Floor((there.Min() - 1) / 5), 5 * Math.Ceiling((there.Max() + 1) / 5));
    }

    // cifar10-a0.5-s0
    static string AlphaOf(string ensemble) => PartOf(ensemble, 'a');

    static string SeedOf(string ensemble) => PartOf(ensemble, 's');

    static string PartOf(string ensemble, char letter) =>
        ensemble
            .Split('-')
            .Skip(1)
            .FirstOrDefault(part =>
                part.Length > 1
                && part[0] == letter
                && double.TryParse(part.AsSpan(1), NumberStyles.Float, CultureInfo.InvariantCulture, out _)
            )
            ?[1..]
        ?? "?";
}
