using RobustInference.Catalogue;
using RobustInference.Results;
using RobustInference.Running;
using RobustInference.Training;
using Tests.RobustInference.Clients;

namespace Tests.RobustInference.Running;

public sealed class SweepTests : IDisposable
{
    readonly TinyEnsembles tiny = new();

    public void Dispose() => tiny.Dispose();

    EnsembleSource Source => new([tiny.Ensembles], tiny.File(""), tiny.File("trained"));

    Sweep NewSweep(Experiment grid) => new(grid, tiny.NewStore(), Source, tiny.Rules);

    [Fact]
    public void A_plan_knows_what_is_done_running_open_and_without_its_ensemble()
    {
        tiny.NewRunner().Run(TinyEnsembles.Grid(0).Cells());
        var grid = TinyEnsembles.Grid(0, 1, 5);
        Assert.Equal(
            [SweepState.Done, SweepState.Open, SweepState.NoEnsemble],
            NewSweep(grid).Plan().Select(group => group.State)
        );
        using (
            tiny.NewStore().Claim(Source.KeyOf(new EnsembleId(TinyEnsembles.Dataset, 0.5, TinyEnsembles.Clients, 1)))
        )
            Assert.Equal(SweepState.Running, NewSweep(grid).Plan()[1].State);
        Assert.Equal(SweepState.Open, NewSweep(grid).Plan()[1].State);
        Assert.Equal([(12, 12), (12, 0), (12, 0)], NewSweep(grid).Plan().Select(group => (group.Cells, group.Done)));
    }

    [Fact]
    public void What_is_left_is_estimated_from_cells_like_it()
    {
        var results = tiny.NewRunner()
            .Run(TinyEnsembles.Grid(0).Cells())
            .Select(result => result with { Seconds = 2, PreparationSeconds = result.PreparationSeconds > 0 ? 3 : 0 })
            .ToArray();
        int prepared = results
            .Where(result => result.PreparationSeconds > 0)
            .Select(result => result.Cell.Aggregator.Name)
            .Distinct()
            .Count();
        var times = new RunTimes(results);
        Assert.Equal(0, new RunTimes(results).Of([]));
        // Twelve attacks of two seconds; three seconds for each rule that took any time to make.
        Assert.Equal(24 + 3 * prepared, times.Of(TinyEnsembles.Grid(1).Cells()));
        Assert.Null(times.Of((TinyEnsembles.Grid(1) with { Aggregators = ["GM"] }).Cells()));
    }

    [Fact]
    public void Clients_that_a_grid_trains_are_trained_once_for_all_its_cells()
    {
        TinyCifar.Write(tiny.File("."));
        var grid = TinyEnsembles.Grid() with
        {
            Ensembles =
            [
                new EnsembleRange("cifar10", 0.5, 3, [1], [0], new ClientRecipe("", 0, 0, 0, Width: 2, Epochs: 1)),
            ],
            Aggregators = ["Mean", "CWTM"],
            Attacks = [AttackId.Clean, "SIA"],
        };
        var stages = new List<string>();
        var first = NewSweep(grid)
            .Run(progress: at =>
            {
                lock (stages)
                    stages.Add(at.Stage);
            });
        Assert.Contains(stages, stage => stage.Contains("training 3 clients"));
        string file = Assert.Single(Directory.GetFiles(tiny.File("trained")));
        byte[] bytes = File.ReadAllBytes(file);
        stages.Clear();
        var more = NewSweep(grid with { Aggregators = ["Mean", "CWTM", "CWMed"] })
            .Run(progress: at =>
            {
                lock (stages)
                    stages.Add(at.Stage);
            });
        Assert.DoesNotContain(stages, stage => stage.Contains("training"));
        Assert.Equal(first, more.Take(4));
        Assert.Equal(bytes, File.ReadAllBytes(file));
        // Another recipe is another ensemble.
        NewSweep(
                grid with
                {
                    Ensembles = [grid.Ensembles[0] with { Recipe = grid.Ensembles[0].Recipe! with { Width = 3 } }],
                }
            )
            .Run();
        Assert.Equal(2, Directory.GetFiles(tiny.File("trained")).Length);
        Assert.Empty(Directory.GetDirectories(tiny.File("trained")));
    }

    [Fact]
    public void The_grid_of_the_documentation_is_one() =>
        Assert.Equal(
            (1 + 4 * 3 + 1) * 6 * 4,
            Experiment.Read(Path.Combine(WorkbookFolder.Root, "docs", "grid.json")).Cells().Count
        );

    [Theory]
    [
        InlineData(new[] { 0, 1, 2 }, null, "--array=0-2\n"),
        InlineData(new[] { 0, 2, 5 }, 4, "--array=0,2,5%4\n"),
        InlineData(new[] { 3 }, 2, "--array=3%2\n")
    ]
    public void A_job_array_has_a_task_for_each_group_that_is_left(int[] groups, int? parallel, string says)
    {
        var array = new SlurmArray(
            "it's",
            ["dotnet", "/opt/a b/it's.dll"],
            ["sweep", "run", "grid.json"],
            groups,
            "/tmp/x"
        )
        {
            Parallel = parallel,
            Memory = "4G",
            Lead = 60,
        };
        string script = array.ToScript();
        Assert.All(
            [
                says,
                "--mem=4G\n",
                "--signal=B:USR2@60\n",
                "'dotnet' '/opt/a b/it'\\''s.dll' 'sweep' 'run' 'grid.json' --group",
            ],
            part => Assert.Contains(part, script)
        );
        Assert.Throws<ArgumentException>(() => (array with { Groups = [] }).ToScript());
        Assert.Throws<ArgumentException>(() => (array with { Partition = "x\n#SBATCH --uid=0" }).ToScript());
    }
}
