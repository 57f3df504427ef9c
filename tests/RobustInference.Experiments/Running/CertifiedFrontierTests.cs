using RobustInference.Probits;
using RobustInference.Running;
using RobustInference.Training;
using Workbook.Benchmarks;

namespace Tests.RobustInference.Running;

public sealed class CertifiedFrontierTests : IDisposable
{
    static readonly CertifiedRecipe Recipe = new(Corrupted: 1, Hidden: 8, Decoder: 12, Passes: 2, HeldOut: 0.2);

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static FrontierPoint Point(double weight, double clean, double certified, Adversary adversary = Adversary.Fixed) =>
        new(Recipe with { Weight = weight, Adversary = adversary }, 2, clean, certified);

    [Fact]
    public void A_point_is_measured_on_held_out_data_and_on_the_test_set_only_when_asked()
    {
        using var archive = new ProbitArchive(
            SyntheticProbits.Draw(100, 5, 3, seed: 1),
            SyntheticProbits.Draw(80, 5, 3, seed: 2)
        );
        var threat = new ThreatModel(5, [3]);
        var cache = new CertifiedDeepSetCache(folder.Path);
        var before = CertifiedFrontier.Measure(Recipe, archive, threat, test: false, cache);
        var after = CertifiedFrontier.Measure(Recipe, archive, threat, test: true, cache);
        Assert.Equal(before, after with { TestClean = null, TestCertified = null });
        Assert.Null(before.TestClean ?? before.TestCertified);
        Assert.InRange(after.TestCertified!.Value, 0, after.TestClean!.Value);
        Assert.InRange(after.HeldOutCertified!.Value, 0, after.HeldOutClean!.Value);
        Assert.Null(
            CertifiedFrontier.Measure(Recipe with { HeldOut = 0 }, archive, threat, test: true, cache).HeldOutClean
        );
    }

    [Fact]
    public void The_best_has_the_most_certified_of_those_that_are_accurate_enough()
    {
        var frontier = new CertifiedFrontier(
            "x",
            5,
            [3],
            [
                Point(0.2, 0.7, 0.1),
                Point(0.5, 0.6, 0.2),
                Point(0.4, 0.61, 0.25),
                Point(0.9, 0.4, 0.3),
                Point(0.8, 0.9, 0.9, Adversary.Any),
            ]
        );
        Assert.Equal(0.4, frontier.Best(Adversary.Fixed, 0.55)!.Recipe.Weight);
        Assert.Equal(0.9, frontier.Best(Adversary.Fixed, 0)!.Recipe.Weight);
        Assert.Null(frontier.Best(Adversary.Fixed, 0.95));
    }

    [Fact]
    public void Written_and_read_it_is_the_same_and_a_recipe_stands_in_it_once()
    {
        var frontier = new CertifiedFrontier(
            "x",
            5,
            [3],
            [Point(0.2, 0.7, 0.1), Point(0.5, 0.6, 0.2, Adversary.Any)]
        ).With(Point(0.2, 0.8, 0.15));
        Assert.Equal([0.5, 0.2], frontier.Points.Select(point => point.Recipe.Weight));
        frontier.Write(folder.File("a.json"));
        var again = CertifiedFrontier.Read(folder.File("a.json"));
        Assert.Equal(frontier.Points, again.Points);
        Assert.Equal((frontier.Ensemble, frontier.Clients), (again.Ensemble, again.Clients));
        Assert.Equal(frontier.CorruptedClients, again.CorruptedClients);
        string text = frontier.ToTable().ToText();
        Assert.Contains("any", text);
        Assert.Contains("15.0", text);
    }

    [Theory, InlineData("{"), InlineData("{}"), InlineData("[1]"), InlineData("null")]
    public void Another_file_is_told_in_one_line(string content)
    {
        File.WriteAllText(folder.File("b.json"), content);
        string message = Assert
            .Throws<InvalidDataException>(() => CertifiedFrontier.Read(folder.File("b.json")))
            .Message;
        Assert.Contains("b.json", message);
        Assert.DoesNotContain('\n', message);
    }
}
