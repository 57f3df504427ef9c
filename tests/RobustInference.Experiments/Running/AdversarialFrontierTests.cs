using RobustInference.Catalogue;
using RobustInference.Paper;
using RobustInference.Running;
using RobustInference.Training;
using Workbook.Benchmarks;

namespace Tests.RobustInference.Running;

public sealed class AdversarialFrontierTests : IDisposable
{
    static readonly DeepSetRecipe Recipe = new(
        1,
        Hidden: 6,
        Passes: 2,
        Steps: 2,
        BatchSize: 32,
        HeldOut: 0,
        Keep: KeptPass.Last
    );

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_point_is_the_mean_over_splits_and_its_figures_are_ordered()
    {
        using var validation = SyntheticProbits.Draw(150, 5, 3, seed: 1);
        var log = new ProgressLog<PassProgress>();
        var both = AdversarialFrontier.Measure(Recipe, validation, [0, 1], log);
        AdversarialPoint One(long split) => AdversarialFrontier.Measure(Recipe, validation, [split]);
        Assert.Equal(2, both.Splits);
        Assert.Equal(Enumerable.Range(1, 4), log.Entries.Select(pass => pass.Pass));
        Assert.Equal((One(0).HeldOut.Clean + One(1).HeldOut.Clean) / 2, both.HeldOut.Clean, 1e-9);
        Assert.Equal((One(0).HeldOut.WorstCase + One(1).HeldOut.WorstCase) / 2, both.HeldOut.WorstCase, 1e-9);
        Assert.Equal(6, both.HeldOut.Attacks.Count);
        Assert.InRange(both.HeldOut.OneHot, 0, both.HeldOut.Pointwise);
        Assert.InRange(both.HeldOut.Pointwise, 0, both.HeldOut.WorstCase);
        Assert.InRange(both.HeldOut.WorstCase, 0, both.HeldOut.Attacks.Values.Min());
        var mean = AdversarialFrontier.Measure(RuleId.Mean, validation, 1, [0, 1]);
        Assert.Null(mean.Recipe);
        Assert.InRange(mean.HeldOut.Pointwise, 0, mean.HeldOut.Clean);
        Assert.Throws<ArgumentException>(() =>
            AdversarialFrontier.Measure(RuleId.DeepSetTrimmedMean, validation, 1, [0])
        );
    }

    static AdversarialFigures Figures(double clean, double worst) =>
        new(clean, new Dictionary<string, double> { ["PGD-cw"] = worst }, worst, worst, worst);

    static AdversarialPoint Point(double rate, double clean, double worst) =>
        new(RuleId.DeepSetTrimmedMean, Recipe with { LearningRate = rate }, 1, Figures(clean, worst), 1);

    [Fact]
    public void Written_and_read_it_is_the_same_and_a_recipe_stands_in_it_once()
    {
        var frontier = new AdversarialFrontier("x", 5, 1, [Point(1e-3, 0.6, 0.3), Point(1e-4, 0.5, 0.35)]).With(
            Point(1e-3, 0.7, 0.2)
        );
        Assert.Equal([0.5, 0.7], frontier.Points.Select(point => point.HeldOut.Clean));
        frontier.Write(folder.File("a.json"));
        var again = AdversarialFrontier.Read(folder.File("a.json"));
        Assert.Equal(frontier.Points.Select(point => point.Recipe), again.Points.Select(point => point.Recipe));
        Assert.Equal([0.35, 0.2], again.Points.Select(point => point.HeldOut.WorstCase));
        var other = Point(5e-4, 0.55, 0.3);
        frontier.AddTo(folder.File("a.json"), other);
        Assert.Equal(3, frontier.AddTo(folder.File("a.json"), other).Points.Count);
        Assert.Equal(1e-3, again.Best(figures => figures.Clean)!.Recipe!.LearningRate);
        Assert.Equal(1e-4, again.Best(figures => figures.WorstCase)!.Recipe!.LearningRate);
    }

    [Fact]
    public void The_mean_over_ensembles_is_of_what_all_of_them_have()
    {
        AdversarialFrontier a = new("a", 5, 1, [Point(1e-3, 0.6, 0.3), Point(1e-4, 0.5, 0.35)]),
            b = new("b", 5, 1, [Point(1e-3, 0.4, 0.1)]);
        var point = Assert.Single(AdversarialFrontier.Mean([a, b]).Points);
        Assert.Equal((0.5, 0.2, 2), (point.HeldOut.Clean, Math.Round(point.HeldOut.WorstCase, 9), point.Splits));
        Assert.Throws<ArgumentException>(() => AdversarialFrontier.Mean([a, b with { Clients = 7 }]));
    }

    [Fact]
    public void The_drawing_shows_recipes_named_points_static_rules_and_the_paper()
    {
        var balanced = DeepSetRecipe.Balanced(4);
        var frontier = new AdversarialFrontier(
            "x",
            17,
            4,
            [
                new(RuleId.DeepSetTrimmedMean, balanced, 1, Figures(0.6, 0.35), 1),
                new(RuleId.Mean, null, 1, Figures(0.65, 0.2), 0),
            ]
        );
        string svg = AdversarialFrontierFigure.Of(frontier, [("balanced", 0.61, 0.36, 0.33)]).ToSvg();
        foreach (
            string text in new[] { "balanced (held out)", "balanced (test)", "Mean", "the paper", "recipes tried" }
        )
            Assert.Contains(text, svg);
    }

    [Theory, InlineData("{"), InlineData("{}"), InlineData("[1]"), InlineData("null"), InlineData("{\"points\":[{}]}")]
    public void Another_file_is_told_in_one_line(string content)
    {
        File.WriteAllText(folder.File("b.json"), content);
        string message = Assert
            .Throws<InvalidDataException>(() => AdversarialFrontier.Read(folder.File("b.json")))
            .Message;
        Assert.Contains("b.json", message);
        Assert.DoesNotContain('\n', message);
    }
}
