using RobustInference.Catalogue;
using RobustInference.Paper;
using RobustInference.Running;
using RobustInference.Training;

namespace Tests.RobustInference.Running;

public sealed class ExperimentTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    const string Grid = """
        {
          // What people write: names alone, or with settings.
          "id": "grid", "title": "A grid",
          "ensembles": [
            {"dataset": "cifar100", "alpha": 0.3, "clients": 17, "corrupted": [1, 4], "seeds": [0, 2]},
            {"dataset": "cifar10", "alpha": 0.5, "clients": 10, "corrupted": [3], "seeds": [0],
                 "recipe": {"width": 4, "epochs": 2}},
          ],
          "aggregators": ["Mean", "DeepSet-TM", {"name": "DeepSet", "settings": {"passes": 5, "adversarial": false}}],
          "attacks": ["Clean", {"name": "PGD-cw", "settings": {"steps": 100, "gradient": "true"}}]
        }
        """;

    Experiment Read(string text)
    {
        File.WriteAllText(folder.File("grid.json"), text);
        return Experiment.Read(folder.File("grid.json"));
    }

    [Fact]
    public void A_grid_becomes_cells_with_nothing_left_open()
    {
        var cells = Read(Grid).Cells();
        Assert.Equal((2 * 2 + 1) * 3 * 2, cells.Count);
        var recipes = cells
            .Where(cell => cell.Aggregator.Name == "DeepSet-TM" && cell.Attack.Name == "Clean")
            .Select(cell => (DeepSetRecipe)cell.Aggregator.Settings!);
        Assert.Equal(
            [(1, 0, 224), (4, 0, 224), (1, 2, 224), (4, 2, 224), (3, 0, 128)],
            recipes.Select(recipe => (recipe.Corrupted, (int)recipe.Seed, recipe.Hidden))
        );
        Assert.Equal(new DeepSetRecipe(3, 0, Passes: 5, Adversarial: false), cells[^1].Aggregator.Settings);
        Assert.Equal(
            new ProjectedGradientSettings(100, global::RobustInference.Numerics.SortGradient.True),
            cells[^1].Attack.Settings
        );
        Assert.Equal(new ClientRecipe("cifar10", 0.5, 10, 0, 4, 2), cells[^1].Ensemble.Recipe);
        Assert.Equal(
            [0L, 2],
            cells.Where(cell => cell.Ensemble.Dataset == "cifar100").Select(cell => cell.Draw).Distinct()
        );
        Assert.Equal(3, CellRunner.Groups(cells).Count);
    }

    [Fact]
    public void The_usual_kind_of_client_need_not_be_named_and_another_is_another_ensemble()
    {
        var grid = Read(Grid) with { Ensembles = [new EnsembleRange("agnews", 0.5, 17, [4], [0, 1])] };
        Assert.Equal(grid.Cells(), grid.AnsweredBy("distilbert-small").Cells());
        Assert.Equal(grid.Title, grid.AnsweredBy("distilbert-small").Title);
        Assert.Equal("small DistilBERT from scratch", grid.Cells()[0].Ensemble.Kind?.Title);
        var bag = grid.AnsweredBy("bag");
        Assert.Equal(
            ["agnews-bag-a0.5-s0", "agnews-bag-a0.5-s1"],
            CellRunner.Groups(bag.Cells()).Select(group => group[0].Ensemble.Name)
        );
        Assert.Equal("A grid, bag of embeddings from scratch", bag.Title);
        Assert.Empty(bag.Cells().Intersect(grid.Cells()));
        Assert.Equal(
            "resnet8",
            new EnsembleId("cifar10", 0.5, 17, 0, new ClientRecipe("cifar10", 0.5, 17, 0)).Kind?.Name
        );
        Assert.Null(new EnsembleId("mine", 0.5, 17, 0).Kind);
        Assert.Contains(
            "reads texts, and cifar10",
            Assert
                .Throws<ArgumentException>(() => RobustnessExperiment.Experiment("cifar10", 0.5, [0]).AnsweredBy("bag"))
                .Message
        );
    }

    [Fact]
    public void The_quick_profile_is_the_first_seed() =>
        Assert.Equal(2, CellRunner.Groups(Read(Grid).Quick().Cells()).Count);

    [Fact]
    public void Draws_of_corrupted_clients_may_be_many_for_one_training()
    {
        var cells = (Read(Grid) with { Draws = [.. Enumerable.Range(0, 20).Select(i => (long)i)] }).Cells();
        Assert.Equal(20 * 30, cells.Count);
        Assert.Equal(5 * 2, cells.Select(cell => cell.Aggregator.Settings).OfType<DeepSetRecipe>().Distinct().Count());
    }

    [Theory]
    [InlineData("\"clients\": 17", "\"clients\": 7", "4 corrupted of 7")]
    [InlineData("\"Mean\"", "\"Man\"", "no aggregator is called 'Man'")]
    [InlineData("\"Clean\"", "\"Clear\"", "no attack is called 'Clear'")]
    [InlineData("\"steps\"", "\"stps\"", "stps")]
    [InlineData("\"alpha\": 0.3,", "", "alpha is 0")]
    [InlineData("[0, 2]", "[]", "ensembles[0]: has no seeds")]
    [InlineData("\"cifar100\"", "\"../../x\"", "no name of a data set")]
    [InlineData("\"Mean\"", "{\"name\": \"Mean\", \"settings\": {}}", "Mean has no settings")]
    [InlineData("\"attacks\"", "\"atacks\"", "atacks")]
    [InlineData("[0, 2]}", "[0, 2], \"model\": \"lstm\"}", "no client model is called 'lstm'")]
    [InlineData("[0, 2]}", "[0, 2], \"model\": \"bag\"}", "model 'bag' reads texts, and cifar100 holds images")]
    [InlineData(
        "\"seeds\": [0],",
        "\"seeds\": [0], \"model\": \"vit\",",
        "ensembles[1]: model is 'vit', which is for answers in files"
    )]
    [InlineData("\"id\": \"grid\", ", "", "has no id")]
    public void What_is_wrong_with_a_grid_is_one_line_that_names_the_file(string part, string wrong, string says)
    {
        Assert.Contains(part, Grid);
        string message = Assert.Throws<InvalidDataException>(() => Read(Grid.Replace(part, wrong))).Message;
        Assert.All([folder.File("grid.json"), says], word => Assert.Contains(word, message));
    }
}
