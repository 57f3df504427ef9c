using RobustInference.Catalogue;
using RobustInference.Evaluation;
using RobustInference.Paper;
using RobustInference.Running;
using RobustInference.Training;

namespace Tests.RobustInference.Paper;

/// <summary>The paper's tables on made-up ensembles: what stands where, and that it comes from recorded
/// cells.</summary>
public sealed class PaperTablesTests : IDisposable
{
    readonly TinyEnsembles tiny = new(0);

    public void Dispose() => tiny.Dispose();

    static string[] Rules => ["Mean", "CWMed", "GM", "CWTM", "DeepSet-TM"];

    [Fact]
    public void Table_3_has_a_block_for_each_size_with_published_numbers_beside()
    {
        foreach (var (clients, _) in ScalabilityTable.Sizes)
            tiny.Write(0, "cifar100", ScalabilityTable.Alpha, clients);
        var experiment = ScalabilityTable.Experiment("cifar100", ScalabilityTable.Alpha, _ => [0]);
        // The paper's width takes long to train: its shape is what counts here.
        experiment = experiment with
        {
            Aggregators =
            [
                .. experiment.Aggregators.Select(rule =>
                    rule.Name == "DeepSet-TM" ? new AggregatorSetting(rule.Name, TinyEnsembles.Recipe) : rule
                ),
            ],
        };
        var table = ScalabilityTable.Run(experiment, tiny.NewRunner());
        Assert.Equal([(10, 3), (17, 4), (25, 5)], table.Parts.Select(part => (part.Clients, part.Corrupted)));
        var shown = table.ToTable("Table 3");
        Assert.Equal(3 * Rules.Length, shown.Rows.Count);
        Assert.Equal(
            ["n = 10, f = 3", "n = 17, f = 4", "n = 25, f = 5"],
            shown.Rows.Select(row => row[0].Text).Where(text => text != "")
        );
        var rows = table.Rows();
        // From the published table.
        Assert.Equal((0.332, 0.025), Published(10, "DeepSet-TM", "Worst case"));
        Assert.Equal((0.258, 0.028), Published(17, "Mean", "PGD-cw"));
        Assert.Equal((0.449, 0.018), Published(25, "CWMed", "SIA"));
        Assert.Null(rows.First(row => row.Attack == "Clean").Published);

        (double, double) Published(int n, string rule, string attack)
        {
            var row = rows.Single(row => row.Clients == n && row.Aggregator == rule && row.Attack == attack);
            return (Math.Round(row.Published!.Value, 6), Math.Round(row.PublishedStd!.Value, 6));
        }
    }

    [Fact]
    public void Table_10_has_a_column_for_each_number_of_steps()
    {
        tiny.Write(0, TinyEnsembles.Dataset, 0.5, 17);
        tiny.Write(1, TinyEnsembles.Dataset, 0.5, 17);
        var experiment = AttackStepsTable.Experiment(TinyEnsembles.Dataset, 0.5, [0, 1]) with
        {
            Aggregators = ["Mean", "CWTM"],
        };
        var table = AttackStepsTable.Run(experiment, tiny.NewRunner());
        Assert.Equal(
            ["Clean", "PGD-cw, 50 steps", "PGD-cw, 100 steps", "PGD-cw, 200 steps", "PGD-cw, 500 steps"],
            table.Rows.Select(row => row.Attack).Distinct()
        );
        Assert.All(table.Rows, row => Assert.Equal([0, 1], row.Seeds));
        Assert.Equal(6, table.ToTable("Table 10").Columns.Count);
    }

    [Fact]
    public void The_table_of_draws_runs_every_attack_under_every_draw_and_no_corruption_once()
    {
        foreach (int seed in (int[])[0, 1])
            tiny.Write(seed, TinyEnsembles.Dataset, 0.5, 17);
        var experiments = DrawsTable
            .Experiments(TinyEnsembles.Dataset, 0.5, [0, 1], draws: 3)
            .Select(part => part with { Aggregators = ["Mean", "CWTM"] })
            .ToArray();
        Assert.Equal(2 * 2 * (1 + 6 * 3), experiments.Sum(part => part.Cells().Count));
        var table = DrawsTable.Run(experiments, tiny.NewRunner());
        Assert.Equal(["Mean", "CWTM"], table.Reports.Select(rule => rule[0][0].Aggregator));
        Assert.All(table.Reports, rule => Assert.Equal([3, 3], rule.Select(draws => draws.Count)));
        // Every draw's own cells, in the order of the draws.
        foreach (var result in tiny.NewRunner().Run(experiments[1].Cells()))
        {
            var (rule, ensemble) = (result.Cell.Aggregator.Name == "Mean" ? 0 : 1, (int)result.Cell.Ensemble.Seed);
            var report = table.Reports[rule][ensemble][(int)result.Cell.Draw];
            Assert.Equal(
                result.Right(),
                report.Attacked.Single(entry => entry.Attack == result.Cell.Attack.Name).Right
            );
        }
    }

    [Fact]
    public void The_table_of_draws_pools_the_deviation_over_draws_and_compares_draw_by_draw()
    {
        bool[] Right(int of) => [.. Enumerable.Range(0, 10).Select(s => s < of)];
        RobustnessReport Report(string rule, int first, int second) =>
            new(rule, Right(9), [("LMA", Right(first)), ("SIA", Right(second))], []);
        var table = new DrawsTable(
            new EnsembleRange("tiny", 0.5, 17, [4], [0, 1]),
            [0, 1],
            [
                [
                    [Report("Mean", 3, 5), Report("Mean", 6, 4)],
                    [Report("Mean", 2, 2), Report("Mean", 5, 2)],
                ],
                [
                    [Report("CWTM", 4, 4), Report("CWTM", 3, 3)],
                    [Report("CWTM", 1, 1), Report("CWTM", 1, 1)],
                ],
                [
                    [Report("DeepSet-TM", 6, 6), Report("DeepSet-TM", 8, 6)],
                    [Report("DeepSet-TM", 5, 5), Report("DeepSet-TM", 1, 5)],
                ],
            ],
            []
        );
        var rows = table.Rows();
        DrawsRow Of(string rule, string attack) => rows.Single(row => (row.Aggregator, row.Attack) == (rule, attack));
        // LMA: (3 + 6 + 2 + 5) / 4 of 10; within either ensemble the two draws are 3 samples apart.
        Assert.Equal(0.4, Of("Mean", "LMA").Accuracy, 9);
        Assert.Equal(0.3 / Math.Sqrt(2), Of("Mean", "LMA").Std!.Value, 9);
        // Worst cases 3, 4, 2, 2.
        Assert.Equal(0.275, Of("Mean", "Worst case").Accuracy, 9);
        Assert.Equal(Math.Sqrt(0.01 / 2 / 2), Of("Mean", "Worst case").Std!.Value, 9);
        Assert.Equal((0.9, null), (Math.Round(Of("Mean", "Clean").Accuracy, 9), Of("Mean", "Clean").Std));
        Assert.All(rows, row => Assert.InRange(row.Accuracy, row.Low - 1e-9, row.High + 1e-9));
        Assert.True(Of("Mean", "LMA").Low < 0.3 && Of("Mean", "LMA").High > 0.5);
        Assert.Equal([0.2, 0.2, 0.3, -0.1], table.Gains("DeepSet-TM").Select(gain => Math.Round(gain, 9)));
        var shown = table.ToTable("Draws");
        Assert.Equal("40.0 ± 21.2", shown.Rows[0][2].Text);
        Assert.Contains(shown.Notes, note => note.Contains("mean over 2 draws of each of 2 ensembles"));
        const string Gain = "those of Mean and CWTM in 3 of 4 ensembles and draws, by −10.0 to +30.0 points";
        Assert.Contains(shown.Notes, note => note.Contains(Gain));
    }

    [Theory, InlineData(0.3, "Table 6"), InlineData(0.5, "Table 2"), InlineData(0.8, "Table 7")]
    public void Tables_6_and_7_are_Table_2_for_another_concentration(double alpha, string says) =>
        Assert.StartsWith(says, RobustnessExperiment.Title("cifar10", alpha));

    [Fact]
    public void Standing_counts_the_attacks_under_which_the_defence_is_not_behind()
    {
        bool[] Right(int of) => [.. Enumerable.Range(0, 10).Select(s => s < of)];
        RobustnessReport Report(string rule, int first, int second) =>
            new(rule, Right(10), [("LMA", Right(first)), ("SIA", Right(second))], []);
        RobustnessTable Table(params RobustnessReport[] reports) => new("tiny", null, 5, 1, [0], [reports]);
        Assert.Equal(
            (1, 0.2, "LMA"),
            Rounded(Table(Report("Mean", 7, 3), Report("CWTM", 8, 4), Report("DeepSet-TM", 6, 4)).Standing())
        );
        Assert.Equal((2, 0.0, ""), Rounded(Table(Report("Mean", 7, 3), Report("DeepSet-TM", 8, 4)).Standing()));

        static (int, double, string) Rounded((int BestIn, double Behind, string Under) standing) =>
            (standing.BestIn, Math.Round(standing.Behind, 9), standing.Under);
    }

    [Fact]
    public void Both_elements_are_compared_with_the_best_other_variant_seed_by_seed()
    {
        foreach (int seed in (int[])[0, 1])
            tiny.Write(seed, "cifar10", 0.5, 17);
        var one = AblationTable.Experiment("cifar10", 0.5, [0, 1]);
        one = one with
        {
            Aggregators =
            [
                .. one.Aggregators.Select(rule =>
                    rule with
                    {
                        Settings = TinyEnsembles.Recipe with
                        {
                            Adversarial = ((DeepSetRecipe)rule.Settings!).Adversarial,
                        },
                    }
                ),
            ],
        };
        var table = AblationTable.Run(one, tiny.NewRunner());
        Assert.Equal(12, table.Rows().Count);
        var both = table.Variants[(true, true)];
        Assert.All(
            table
                .Gains()
                .Zip(
                    both,
                    table
                        .Gains()
                        .Select(
                            (_, i) =>
                                table
                                    .Variants.Where(variant => variant.Key != (true, true))
                                    .Max(variant => variant.Value[i].WorstCase)
                        )
                ),
            row =>
            {
                Assert.Equal(row.Second.WorstCase - row.Third, row.First.Gain.Difference, 9);
                Assert.InRange(row.First.Gain.Difference, row.First.Gain.Low, row.First.Gain.High);
            }
        );
        Assert.Contains(table.ToTable().Notes, note => note.Contains("seed 0: ") && note.Contains("seed 1: "));
    }

    [Fact]
    public void Tables_say_which_clients_answered()
    {
        tiny.Write(0, "agnews", 0.5, 17);
        tiny.Write(0, "agnews", 0.5, 17, "bag");
        var two = RobustnessExperiment.Experiment("agnews", 0.5, [0]) with { Aggregators = ["Mean", "CWTM"] };
        var small = RobustnessExperiment.Run(two, tiny.NewRunner());
        var bag = RobustnessExperiment.Run(two.AnsweredBy("bag"), tiny.NewRunner());
        Assert.Contains(
            "Clients: small DistilBERT from scratch; the paper's are pre-trained DistilBERT.",
            small.ToTable("Table 2").Notes
        );
        Assert.Contains(
            "Clients: bag of embeddings from scratch; the paper's are pre-trained DistilBERT.",
            bag.ToTable("Table 2").Notes
        );
        Assert.All(small.Rows(), row => Assert.Equal("distilbert-small", row.Model));
        Assert.All(bag.Rows(), row => Assert.Equal("bag", row.Model));
        // Made of the same answers, so that only the name tells them apart.
        Assert.Equal(small.Rows().Select(row => row.Accuracy), bag.Rows().Select(row => row.Accuracy));
    }

    [Fact]
    public void Published_numbers_stand_only_beside_the_setting_they_belong_to()
    {
        Assert.Equal(0.246, PublishedNumbers.Of("cifar10", 0.5, 17, 4)[("Mean", "Worst case")].Mean, 9);
        Assert.Equal(35, PublishedNumbers.Of("cifar100", 0.3, 25, 5).Count);
        Assert.All(
            [
                ("cifar10", 0.3, 17, 4),
                ("cifar10", 0.5, 17, 3),
                ("cifar100", 0.3, 25, 4),
                ("cifar100", 0.5, 10, 3),
                ("mine", 0.5, 17, 4),
            ],
            setting => Assert.Empty(PublishedNumbers.Of(setting.Item1, setting.Item2, setting.Item3, setting.Item4))
        );
    }
}
