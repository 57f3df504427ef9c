using System.Text.Json;
using RobustInference.Results;
using Tests.Workbook.Notebooks;

namespace Tests.Workbook.Commands;

/// <summary>A user's own aggregator and attack, a file each, everywhere.</summary>
public sealed class PluginTests : IDisposable
{
    readonly SweepRoot root = new(seeds: 1, draws: 1);
    readonly TemporaryFolder folder = new();

    public void Dispose()
    {
        root.Dispose();
        folder.Dispose();
    }

    static string Sample(string name) => Path.Combine(WorkbookFolder.Root, "samples", name);

    string Ensemble => Path.Combine(root.Path, "data", "probits", "small-a0.5-s0.npz");

    WorkbookProcess.Result Run(params string[] arguments) =>
        WorkbookProcess.Run(
            [("WORKBOOK_ROOT", root.Path)],
            [.. arguments, "--plugin", Sample("own-aggregator.cs"), "--plugin", Sample("own-attack.cs")]
        );

    [Fact]
    public void Both_stand_in_evaluate_and_certify()
    {
        var evaluated = Run("evaluate", WithoutValidation(), "--corrupted", "4", "--json");
        Assert.Equal(0, evaluated.ExitCode);
        using var evaluation = JsonDocument.Parse(evaluated.Output);
        Assert.Contains(
            evaluation.RootElement.GetProperty("rows").EnumerateArray(),
            row =>
                row.GetProperty("aggregator").GetString() == "Middle-third mean"
                && row.GetProperty("attack").GetString() == "Runner-up"
        );
        var certified = Run("certify", WithoutValidation(), "--corrupted", "4", "--suite", "none", "--json");
        Assert.Equal(0, certified.ExitCode);
        using var certification = JsonDocument.Parse(certified.Output);
        Assert.Contains(
            certification.RootElement.GetProperty("rows").EnumerateArray(),
            row =>
                row.GetProperty("aggregator").GetString() == "Middle-third mean"
                && row.GetProperty("certified").ValueKind == JsonValueKind.Number
        );
    }

    [Fact]
    public void Both_stand_in_a_grid()
    {
        string grid = folder.File("grid.json"),
            rows = folder.File("rows.csv");
        File.WriteAllText(
            grid,
            """
            {"id": "own", "title": "Own",
             "ensembles": [{"dataset": "small", "alpha": 0.5, "clients": 17, "corrupted": [4], "seeds": [0]}],
             "aggregators": ["Mean", "Middle-third mean"], "attacks": ["Clean", "Runner-up"]}
            """
        );
        Assert.Equal(0, Run("sweep", "run", grid).ExitCode);
        Assert.Equal(0, Run("sweep", "collect", grid, "--out", rows).ExitCode);
        Assert.Contains(
            File.ReadAllLines(rows),
            line => line.Contains("Middle-third mean") && line.Contains("Runner-up")
        );
        // Without the plugin the grid names what is missing.
        var without = WorkbookProcess.Run([("WORKBOOK_ROOT", root.Path)], "sweep", "run", grid);
        Assert.Equal(2, without.ExitCode);
        Assert.Contains("no aggregator is called 'Middle-third mean'", without.Error);
    }

    [Fact]
    public void Both_stand_in_a_table_of_a_notebook()
    {
        string library = AppContext.BaseDirectory,
            source = folder.File("own.ipynb"),
            own = string.Join(
                '\n',
                File.ReadLines(Sample("own-aggregator.cs")).SkipWhile(line => !line.StartsWith("public sealed class"))
            );
        string attack = string.Join(
            '\n',
            File.ReadLines(Sample("own-attack.cs")).SkipWhile(line => !line.StartsWith("public sealed class"))
        );
        WrittenNotebook
            .Of(
                $"""
                #r "{library}RobustInference.dll"
                #r "{library}RobustInference.Experiments.dll"
                #r "{library}TorchSharp.dll"
                using System.IO;
                using RobustInference.Aggregators;
                using RobustInference.Attacks;
                using RobustInference.Catalogue;
                using RobustInference.Certificates;
                using RobustInference.Numerics;
                using RobustInference.Paper;
                using RobustInference.Probits;
                using RobustInference.Running;
                using TorchSharp;
                """,
                own,
                attack,
                """
                RuleCatalog.Register("Middle-third mean", (n, f) => new MiddleThirdMean());
                AttackCatalog.Register(new RunnerUp());
                var grid = RobustnessExperiment.Experiment("small", 0.5, new long[] { 0 });
                var rules = new AggregatorSetting[] { "Mean", "Middle-third mean" };
                RobustnessExperiment.Run(grid with { Aggregators = rules }, CellRunner.OfWorkbook).ToTable("Own")
                """
            )
            .Write(source);
        var result = WorkbookProcess.Run([("WORKBOOK_ROOT", root.Path)], "run", source);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        string page = File.ReadAllText(Path.Combine(root.Path, "artifacts", "notebooks", "own.ipynb"));
        Assert.Contains("Middle-third mean", page);
        Assert.Contains("Beside the worst case, Runner-up: Mean ", page);
    }

    [Theory]
    [InlineData("public class A {", "line 1, column ")]
    [InlineData("public class A { }", "holds no public aggregator")]
    public void A_plugin_that_is_none_is_one_line(string source, string says)
    {
        string path = folder.File("own.cs");
        File.WriteAllText(path, source);
        var result = WorkbookProcess.Run("evaluate", Ensemble, "--corrupted", "1", "--plugin", path);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        string line = Assert.Single(result.Remarks);
        Assert.Contains(path, line);
        Assert.Contains(says, line);
    }

    string WithoutValidation()
    {
        string path = folder.File("alone.npz");
        if (File.Exists(path))
            return path;
        using var archive = global::RobustInference.Probits.ProbitArchive.Read(Ensemble);
        new global::RobustInference.Probits.ProbitArchive(null, archive.Test).Write(path);
        return path;
    }
}
