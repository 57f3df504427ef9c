using RobustInference.Attacks;
using RobustInference.Catalogue;
using RobustInference.Reporting;
using RobustInference.Running;
using RobustInference.Training;

namespace RobustInference.Paper;

/// <summary>Clean against robust accuracy: recipes of adversarial training, the static rules, and the paper's own
/// numbers.</summary>
public static class AdversarialFrontierFigure
{
    /// <summary>Two panels: the worst case of the six attacks, and what is right under all six.</summary>
    /// <param name="frontier">Of one ensemble, or the mean of several.</param>
    /// <param name="test">Named points that were read on the test set, shown filled beside the held-out ones.</param>
    public static Figure Of(
        AdversarialFrontier frontier,
        IReadOnlyList<(string Name, double Clean, double WorstCase, double Pointwise)>? test = null
    )
    {
        var published = PublishedNumbers.Of("cifar10", 0.5, frontier.Clients, frontier.Corrupted);
        Panel Panel(
            string title,
            Func<AdversarialFigures, double> figure,
            Func<(string Name, double Clean, double WorstCase, double Pointwise), double> read,
            bool paper
        )
        {
            PointSeries Points(string name, IEnumerable<AdversarialPoint> points)
            {
                AdversarialPoint[] own = [.. points];
                return new(
                    name,
                    [.. own.Select(point => 100 * point.HeldOut.Clean)],
                    [.. own.Select(point => 100 * figure(point.HeldOut))]
                );
            }
            var series = new List<Series>
            {
                Points("DeepSet-TM, recipes tried", frontier.Points.Where(point => point.Recipe is not null)),
            };
            foreach (string name in DeepSetRecipe.Names)
                if (
                    frontier.Points.FirstOrDefault(point =>
                        point.Recipe is { } recipe
                        && recipe with
                        {
                            HeldOut = 0,
                            Seed = 0,
                        } == DeepSetRecipe.Named(name, frontier.Corrupted) with { HeldOut = 0 }
                    ) is
                    { } named
                )
                    series.Add(Points($"{name} (held out)", [named]));
            series.AddRange(
                (test ?? []).Select(point =>
                    (Series)new PointSeries($"{point.Name} (test)", [100 * point.Clean], [100 * read(point)])
                )
            );
            series.AddRange(
                frontier
                    .Points.Where(point => point.Recipe is null)
                    .Select(point => (Series)Points(point.Rule, [point]))
            );
            if (paper && published.Count > 0)
                series.Add(
                    new PointSeries(
                        "the paper's DeepSet-TM (logit flipping for clean)",
                        [100 * published[(RuleId.DeepSetTrimmedMean, "Logit flipping")].Mean],
                        [
                            100
                                * AttackSuite.Paper.Min(attack =>
                                    published[(RuleId.DeepSetTrimmedMean, attack.Name)].Mean
                                ),
                        ]
                    )
                );
            return new Panel(new Axis("Clean accuracy (%)"), new Axis("Accuracy under attack (%)"), series)
            {
                Title = title,
            };
        }
        return new(
            $"Adversarial training between clean and robust, {frontier.Ensemble}",
            Panel("worst case of six attacks", figures => figures.WorstCase, point => point.WorstCase, paper: true),
            Panel("right under all six", figures => figures.Pointwise, point => point.Pointwise, paper: false)
        )
        {
            Columns = 2,
            Height = 560,
        };
    }
}
