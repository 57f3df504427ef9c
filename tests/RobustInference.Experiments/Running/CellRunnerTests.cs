using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Catalogue;
using RobustInference.Evaluation;
using RobustInference.Paper;
using RobustInference.Probits;
using RobustInference.Results;
using RobustInference.Running;
using RobustInference.Training;

namespace Tests.RobustInference.Running;

public sealed class CellRunnerTests : IDisposable
{
    readonly TinyEnsembles tiny = new();

    public void Dispose() => tiny.Dispose();

    [Fact]
    public void A_cell_is_what_an_evaluation_of_its_rule_finds()
    {
        var cells = (
            TinyEnsembles.Grid(1) with
            {
                Aggregators = ["CWMed"],
                Attacks = [.. AttackCatalog.Paper, .. AttackCatalog.Excluded],
            }
        ).Cells();
        var results = tiny.NewRunner().Run(cells);
        using var archive = ProbitArchive.Read(Path.Combine(tiny.Ensembles, "tiny-a0.5-n5-s1.npz"));
        var report = new RobustnessEvaluation(
            archive.Test,
            archive.Validation,
            ThreatModel.Draw(TinyEnsembles.Clients, 1, 1),
            1
        ).Run(new CoordinateWiseMedian(), AttackSuite.Paper, AttackSuite.Excluded);
        Assert.Equal(
            [
                report.Clean,
                .. report.Attacked.Select(entry => entry.Right),
                .. report.Excluded.Select(entry => entry.Right),
            ],
            results.Select(result => result.Right())
        );
        var recorded = RobustnessTable.ReportOf(results);
        Assert.Equal(report.Figures(), recorded.Figures());
    }

    [Fact]
    public void The_strong_suite_is_a_cell_like_an_attack_and_leaves_no_more_than_the_six()
    {
        var grid = TinyEnsembles.Grid(0) with
        {
            Aggregators = ["CWTM"],
            Attacks =
            [
                .. AttackCatalog.Paper,
                "Strong suite",
                new AttackSetting("Strong suite", new AdversarySettings(Adversary.Any)),
            ],
        };
        var outcomes = tiny.NewRunner().Run(grid.Cells()).Select(result => result.Right()).ToArray();
        bool[] six = [.. Enumerable.Range(0, TinyEnsembles.Samples).Select(s => outcomes[..7].All(right => right[s]))],
            strong = outcomes[7],
            any = outcomes[8];
        Assert.All(
            Enumerable.Range(0, TinyEnsembles.Samples),
            s => Assert.True((six[s] || !strong[s]) && (strong[s] || !any[s]))
        );
        Assert.Contains(true, strong);
    }

    [Fact]
    public void A_certificate_is_a_cell_that_no_attack_gets_below()
    {
        var grid = TinyEnsembles.Grid(0) with
        {
            Aggregators = ["CWTM"],
            Attacks =
            [
                "Strong suite",
                "Certified",
                new AttackSetting("Certified", new AdversarySettings(Adversary.Any)),
            ],
        };
        var outcomes = tiny.NewRunner().Run(grid.Cells()).Select(result => result.Right()).ToArray();
        Assert.Equal(outcomes[0], outcomes[1]);
        Assert.All(Enumerable.Range(0, TinyEnsembles.Samples), s => Assert.True(outcomes[1][s] || !outcomes[2][s]));
        Assert.Contains(true, outcomes[1]);
        Assert.Contains(
            "no certificate is known for GM",
            Assert
                .Throws<ArgumentException>(() =>
                    tiny.NewRunner().Run((grid with { Aggregators = ["GM"], Attacks = ["Certified"] }).Cells())
                )
                .Message
        );
    }

    /// <summary>One training and one look at the uncorrupted answers serve every f.</summary>
    [Fact]
    public void A_trained_rule_has_the_same_results_for_several_f_at_once_as_for_each_alone()
    {
        AggregatorSetting[] rules =
        [
            new("CertifiedVote", new CertifiedVoteRecipe(2, Hidden: 8, Embedding: 3, Passes: 3)),
            new(
                "CertifiedDeepSet",
                CertifiedRecipe.Default(2, Adversary.Any) with
                {
                    Hidden = 8,
                    Decoder = 8,
                    Passes = 3,
                }
            ),
            "CWTM",
        ];
        ExperimentCell[] Cells(int corrupted) =>
            [
                .. ExperimentCell.Grid(
                    new EnsembleId(TinyEnsembles.Dataset, 0.5, TinyEnsembles.Clients, 0),
                    ThreatModel.Draw(TinyEnsembles.Clients, corrupted, 0),
                    0,
                    rules,
                    [
                        AttackId.Clean,
                        new AttackSetting(AttackId.Certified, new AdversarySettings(Adversary.Any)),
                        new AttackSetting(AttackId.Certified, new AdversarySettings(Adversary.Fixed)),
                    ]
                ),
            ];
        int[] numbers = [0, 1, 2];
        var together = tiny.NewRunner().Run([.. numbers.SelectMany(Cells)]);
        var alone = numbers.SelectMany(corrupted =>
            tiny.NewRunner(new ResultStore(tiny.File($"alone-{corrupted}"))).Run(Cells(corrupted))
        );
        Assert.Equal(
            alone.Select(result => (result.Configuration, result.Outcomes)),
            together.Select(result => (result.Configuration, result.Outcomes))
        );
        Assert.Equal(2, Directory.GetFiles(tiny.Rules, "*.safetensors").Length);
    }

    [Fact]
    public void What_is_recorded_is_not_run_again_and_what_is_missing_is()
    {
        var cells = TinyEnsembles.Grid(0, 1).Cells();
        var first = tiny.NewRunner().Run(cells);
        var times = Directory.GetFiles(tiny.Store).ToDictionary(path => path, File.GetLastWriteTimeUtc);
        Assert.Equal(cells.Count, times.Count);
        string gone = Path.Combine(tiny.Store, first[5].Configuration.Hash() + ".json");
        File.Delete(gone);
        var stages = new List<string>();
        var second = tiny.NewRunner()
            .Run(
                cells,
                progress =>
                {
                    lock (stages)
                        stages.Add(progress.Stage);
                }
            );
        Assert.Equal(
            first.Select(result => (result.Configuration, result.Outcomes)),
            second.Select(result => (result.Configuration, result.Outcomes))
        );
        Assert.All(
            times.Keys.Where(path => path != gone),
            path => Assert.Equal(times[path], File.GetLastWriteTimeUtc(path))
        );
        Assert.Equal(
            [$"{first[5].Cell.Aggregator.Name} under {first[5].Cell.Attack.Name}"],
            stages.Where(stage => stage.Contains(" under "))
        );
    }

    [Fact]
    public void Recorded_cells_are_found_where_their_ensemble_is_not_and_the_rest_is_one_line()
    {
        var cells = TinyEnsembles.Grid(0).Cells();
        var first = tiny.NewRunner().Run(cells);
        File.Delete(Path.Combine(tiny.Ensembles, "tiny-a0.5-n5-s0.npz"));
        var runner = tiny.NewRunner();
        var again = runner.Run(cells);
        Assert.Equal(first, again);
        var lines = Provenance.Of(runner, again);
        Assert.StartsWith("DeepSets were trained by: learning rate 0.001, 2 passes", lines[0]);
        string line = Assert.Single(lines.Skip(1));
        Assert.All(
            ["tiny-a0.5-n5-s0", first[0].Configuration.Input[..12], "37 test samples"],
            part => Assert.Contains(part, line)
        );
        Assert.Equal([0, 1], runner.Seeds(seed => TinyEnsembles.Grid(seed)));
        Assert.Equal(
            TinyEnsembles.Grid(0, 1).Cells(),
            runner.OnKnownSeeds(seeds => TinyEnsembles.Grid([.. seeds])).Cells()
        );
        Assert.Contains(
            "no ensemble of elsewhere with α = 0.5 and 17 clients is here (elsewhere-a0.5-s0.npz)",
            Assert
                .Throws<FileNotFoundException>(() =>
                    runner.OnKnownSeeds(seeds => RobustnessExperiment.Experiment("elsewhere", 0.5, seeds))
                )
                .Message
        );
        var more = TinyEnsembles.Grid(0) with { Aggregators = ["GM"] };
        Assert.Contains(
            "tiny-a0.5-n5-s0.npz",
            Assert.Throws<FileNotFoundException>(() => runner.Run(more.Cells())).Message
        );
        Assert.Equal([1], runner.Seeds(seed => more with { Ensembles = TinyEnsembles.Grid(seed).Ensembles }));
    }

    [Fact]
    public void Another_file_under_the_same_name_is_another_input()
    {
        var cells = TinyEnsembles.Grid(0).Cells();
        var first = tiny.NewRunner().Run(cells);
        File.Copy(
            Path.Combine(tiny.Ensembles, "tiny-a0.5-n5-s1.npz"),
            Path.Combine(tiny.Ensembles, "tiny-a0.5-n5-s0.npz"),
            overwrite: true
        );
        var second = tiny.NewRunner().Run(cells);
        Assert.All(
            first.Zip(second),
            pair => Assert.NotEqual(pair.First.Configuration.Hash(), pair.Second.Configuration.Hash())
        );
        Assert.DoesNotContain(Provenance.Of(tiny.NewRunner(), second), line => line.Contains("not here"));
        // With neither file at hand, all cells come from one input.
        File.Delete(Path.Combine(tiny.Ensembles, "tiny-a0.5-n5-s0.npz"));
        Assert.Single(tiny.NewRunner().Run(cells).Select(result => result.Configuration.Input).Distinct());
    }

    [Fact]
    public void Several_runners_on_one_store_share_the_work_and_end_with_the_same()
    {
        var cells = TinyEnsembles.Grid(0, 1).Cells();
        var outcomes = new IReadOnlyList<CellResult>[3];
        Parallel.For(
            0,
            3,
            new ParallelOptions { MaxDegreeOfParallelism = 3 },
            i => outcomes[i] = tiny.NewRunner().Run(cells)
        );
        Assert.All(outcomes, outcome => Assert.Equal(outcomes[0], outcome));
        Assert.Equal(cells.Count, Directory.GetFiles(tiny.Store, "*.json").Length);
        Assert.Empty(tiny.Remarks);
    }

    [Fact]
    public void Stopped_in_the_middle_it_has_recorded_what_was_finished()
    {
        var cells = TinyEnsembles.Grid(0).Cells();
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            tiny.NewRunner()
                .Run(
                    cells,
                    progress =>
                    {
                        if (progress.Stage == "CWTM under CPA")
                            stop.Cancel();
                    },
                    stop.Token
                )
        );
        int recorded = Directory.GetFiles(tiny.Store, "*.json").Length;
        Assert.InRange(recorded, 1, cells.Count - 1);
        Assert.Equal(cells.Count, tiny.NewRunner().Run(cells).Count);
    }

    [Fact]
    public void Amplification_and_f_are_settings_like_others()
    {
        var figure = TinyEnsembles.Grid(0) with
        {
            Ensembles = [new EnsembleRange(TinyEnsembles.Dataset, 0.5, TinyEnsembles.Clients, [1, 2], [0])],
            Attacks =
            [
                .. new[] { 1, 2, 4, 8, 16 }.Select(a => new AttackSetting(
                    "Logit flipping",
                    new LogitFlippingSettings(a)
                )),
            ],
        };
        var results = tiny.NewRunner().Run(figure.Cells());
        Assert.Equal(30, results.Count);
        // DeepSet-TM is trained, and trims, for the f that it faces.
        Assert.All(
            results.Where(result => result.Cell.Aggregator.Settings is not null),
            result =>
                Assert.Equal(
                    result.Cell.Corrupted,
                    ((global::RobustInference.Training.DeepSetRecipe)result.Cell.Aggregator.Settings!).Corrupted
                )
        );
    }

    [Fact]
    public void An_ensemble_of_another_size_than_its_name_says_is_refused()
    {
        File.Move(
            Path.Combine(tiny.Ensembles, "tiny-a0.5-n5-s0.npz"),
            Path.Combine(tiny.Ensembles, "tiny-a0.5-n7-s0.npz")
        );
        var grid = TinyEnsembles.Grid(0) with
        {
            Ensembles = [new EnsembleRange(TinyEnsembles.Dataset, 0.5, 7, [1], [0])],
        };
        Assert.Contains(
            "5 clients, wanted 7",
            Assert.Throws<InvalidDataException>(() => tiny.NewRunner().Run(grid.Cells())).Message
        );
    }
}
