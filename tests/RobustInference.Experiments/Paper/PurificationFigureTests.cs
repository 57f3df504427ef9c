using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Catalogue;
using RobustInference.Evaluation;
using RobustInference.Paper;
using RobustInference.Probits;
using RobustInference.Training;

namespace Tests.RobustInference.Paper;

public sealed class PurificationFigureTests : IDisposable
{
    readonly TinyEnsembles tiny = new();

    public void Dispose() => tiny.Dispose();

    [Fact]
    public void One_liar_amplifies_and_up_to_four_flip_twofold_or_invert()
    {
        var cells = PurificationFigure
            .Experiments("cifar10", 0.5, [0, 1])
            .SelectMany(part => part.Cells())
            .Distinct()
            .ToArray();
        Assert.Equal(2 * (3 * (4 * 3 + 4) + 2), cells.Length);
        // No rule over logits without what the strong suite leaves of it.
        Assert.Equal(
            ["COPUR", "Manifold projection"],
            cells
                .Where(cell => cell is { Attack.Name: "Strong suite", Corrupted: 4 })
                .Select(cell => cell.Aggregator.Name)
                .Distinct()
        );
        Assert.Equal(
            [1, 2, 4, 8, 16],
            cells
                .Where(cell => cell.Attack.Name == "Logit flipping" && cell.Corrupted == 1)
                .Select(cell => ((LogitFlippingSettings)cell.Attack.Settings!).Amplification)
                .Distinct()
                .Order()
        );
        Assert.All(
            cells.Where(cell => cell.Attack.Name == "Logit flipping" && cell.Corrupted > 1),
            cell => Assert.Equal(new LogitFlippingSettings(2), cell.Attack.Settings)
        );
        foreach (string attack in new[] { "Clean", "SIA", "Logit flipping" })
            Assert.Equal(
                [1, 2, 3, 4],
                cells.Where(cell => cell.Attack.Name == attack).Select(cell => cell.Corrupted).Distinct().Order()
            );
        // Trained for the f that it faces, each ensemble with its own seed.
        Assert.All(
            cells.Where(cell => cell.Aggregator.Name == "DeepSet-TM"),
            cell =>
                Assert.Equal(
                    DeepSetRecipe.Balanced(cell.Corrupted) with
                    {
                        Seed = cell.Ensemble.Seed,
                    },
                    cell.Aggregator.Settings
                )
        );
        Assert.All(
            cells.Where(cell => cell.Aggregator.Name != "DeepSet-TM"),
            cell => Assert.Equal(new CopurRecipe(cell.Ensemble.Seed), cell.Aggregator.Settings)
        );
        Assert.All(cells, cell => Assert.Equal(cell.Ensemble.Seed, cell.Draw));
    }

    [Fact]
    public void A_cell_of_a_rule_over_logits_is_what_an_evaluation_of_it_finds()
    {
        var recipe = new CopurRecipe(Hidden: 6, Encoding: 4, Server: 5, AutoEncoderPasses: 2, ServerPasses: 2);
        var experiment = TinyEnsembles.Grid(1) with
        {
            Aggregators =
            [
                new AggregatorSetting("COPUR", recipe),
                new AggregatorSetting("Manifold projection", recipe),
            ],
            Attacks = [AttackId.Clean, "SIA", "Logit flipping"],
        };
        var results = tiny.NewRunner().Run(experiment.Cells());
        using var archive = ProbitArchive.Read(Path.Combine(tiny.Ensembles, "tiny-a0.5-n5-s1.npz"));
        using var network = new CopurTraining(recipe with { Seed = 1 }).Train(archive.Validation!);
        var evaluation = new RobustnessEvaluation(
            archive.Test,
            archive.Validation,
            ThreatModel.Draw(TinyEnsembles.Clients, 1, 1),
            1
        );
        foreach (var rule in new Aggregator[] { new Copur(network, 1), new ManifoldProjection(network) })
        {
            var report = evaluation.Run(rule, [new StrongestInverted(), new LogitFlipping()], []);
            Assert.Equal(
                [report.Clean, .. report.Attacked.Select(entry => entry.Right)],
                results.Where(result => result.Cell.Aggregator.Name == rule.Name).Select(result => result.Right())
            );
        }
    }

    static PurificationFigure MadeUp() =>
        new(
            [
                .. from rule in PurificationFigure.Aggregators
                from point in (
                    from f in PurificationFigure.Liars
                    from attack in new[] { "Clean", "SIA" }
                    select (f, attack, a: (double?)null)
                )
                    .Concat(
                        PurificationFigure.Amplifications.Select(a => (f: 1, attack: "Logit flipping", a: (double?)a))
                    )
                    .Concat(PurificationFigure.Liars.Skip(1).Select(f => (f, attack: "Logit flipping", a: (double?)2)))
                select new PurificationPoint(
                    "cifar10",
                    0.5,
                    17,
                    point.f,
                    rule,
                    point.attack,
                    point.a,
                    rule == "COPUR" ? 0.5 / point.f / (point.a ?? 1) : 0.4,
                    0.01,
                    [0, 1]
                ),
            ],
            ["a note"]
        );

    [Fact]
    public void Each_panel_shows_the_points_of_its_own()
    {
        var figure = MadeUp().ToFigure("title");
        Assert.Equal(
            ["Logit flipping, f = 1", "Logit flipping, a = 2", "SIA"],
            figure.Panels.Select(panel => panel.Title)
        );
        Assert.All(
            figure.Panels,
            panel => Assert.Equal(PurificationFigure.Aggregators, panel.Series.Select(series => series.Name))
        );
        Assert.Contains("<svg", figure.ToSvg());
        double[] Heights(int panel) =>
            [
                .. ((global::RobustInference.Reporting.LineSeries)figure.Panels[panel].Series[1]).Y.Select(y =>
                    Math.Round(y, 3)
                ),
            ];
        Assert.Equal([50, 25, 12.5, 6.25, 3.125], Heights(0));
        Assert.Equal([25, 12.5, 8.333, 6.25], Heights(1));
        Assert.Equal([50, 25, 16.667, 12.5], Heights(2));
    }

    [Fact]
    public void The_table_has_a_row_for_each_attack_with_its_f_and_a()
    {
        var table = MadeUp().ToTable("title");
        Assert.Equal(4 + 5 + 3 + 4, table.Rows.Count);
        Assert.Equal(
            ["Clean, f = 1", "Clean, f = 2", "Clean, f = 3", "Clean, f = 4", "Logit flipping, f = 1, a = 1"],
            table.Rows.Take(5).Select(row => row[0].Text)
        );
        Assert.Equal(["Attack", .. PurificationFigure.Aggregators], table.Columns.Select(column => column.Header));
        Assert.Equal("3.1 ± 1.0", table.Rows.Single(row => row[0].Text == "Logit flipping, f = 1, a = 16")[2].Text);
        Assert.True(table.Rows[0][2].IsBold && !table.Rows[0][1].IsBold);
        Assert.Contains("a note", table.Notes);
        Assert.Equal(0.5 / 16, MadeUp().Accuracy("COPUR", "Logit flipping", 1, 16));
    }
}
