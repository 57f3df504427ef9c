using RobustInference.Evaluation;
using RobustInference.Paper;
using RobustInference.Probits;
using RobustInference.Results;
using RobustInference.Running;
using Workbook.Benchmarks;

namespace Tests.RobustInference.Running;

public sealed class CertificationTests : IDisposable
{
    static readonly RuleUnderThreat[] Rules = ["Mean", "CWMed", "GM", "CWTM", "Plurality vote", "Constant"];

    readonly TemporaryFolder folder = new();
    readonly ProbitArchive archive = new(null, SyntheticProbits.Draw(120, 7, 4, seed: 5));
    readonly ThreatModel threat = ThreatModel.Draw(7, 2, 0);

    ProbitSet answers => archive.Test;

    public void Dispose()
    {
        archive.Dispose();
        folder.Dispose();
    }

    Certification Of()
    {
        var source = new EnsembleSource([], "", "");
        var runner = new CellRunner(new ResultStore(folder.File("results")), source, folder.File("trained"));
        return new(runner, source.Add(archive, "drawn"), threat);
    }

    [Fact]
    public void Every_rule_stands_under_both_threat_models_and_any_is_never_better_than_fixed()
    {
        var reports = Of().Run(Rules, attack: false);
        Assert.Equal(
            from rule in new[] { "Mean", "CWMed", "GM", "CWTM", "Plurality vote", "Constant" }
            from threat in new[] { "fixed", "any" }
            select (rule, threat),
            reports.Select(report => (report.ToRow().Aggregator, report.ToRow().Threat))
        );
        foreach (var rule in reports.Where(report => report.Certified is not null).GroupBy(report => report.Aggregator))
        {
            var (given, any) = (rule.First(), rule.Last());
            for (int s = 0; s < answers.Samples; s++)
            {
                Assert.True(given.Certified![s] || !any.Certified![s]);
                Assert.True(any.Clean[s] || !given.Certified![s]);
                if (any.PaperBound is not null)
                    Assert.True(any.Certified![s] || !any.PaperBound[s]);
            }
        }
    }

    [Fact]
    public void What_a_rule_does_not_have_is_null()
    {
        var rows = Of()
            .Run(Rules, attack: false)
            .ToDictionary(report => (report.Aggregator, report.Adversary), report => report.ToRow());
        Assert.All(
            Enum.GetValues<Adversary>(),
            adversary =>
            {
                Assert.Null(rows[("GM", adversary)].Certified);
                Assert.Null(rows[("GM", adversary)].PaperBound);
                Assert.Null(rows[("Mean", adversary)].PaperBound);
                Assert.Null(rows[("Plurality vote", adversary)].PaperBound);
                Assert.NotNull(rows[("CWTM", adversary)].PaperBound);
                Assert.NotNull(rows[("Mean", adversary)].Certified);
            }
        );
        Assert.All(rows.Values, row => Assert.Null(row.Strong));
    }

    [Fact]
    public void The_curve_starts_at_the_clean_accuracy_passes_through_the_table_and_never_rises()
    {
        var rules = Rules;
        var reports = Of().Run(rules, attack: false);
        var curve = Of().Curve(rules);
        Assert.DoesNotContain(curve, point => point.Aggregator == "GM");
        foreach (var own in curve.GroupBy(point => (point.Aggregator, point.Threat)))
        {
            var row = reports.Select(report => report.ToRow()).Single(row => (row.Aggregator, row.Threat) == own.Key);
            Assert.Equal([0, 1, 2, 3], own.Select(point => point.Corrupted));
            Assert.Equal(row.Certified, own.Single(point => point.Corrupted == 2).Certified);
            // Without liars the trimmed mean that trims nobody is the mean.
            double clean = RobustnessReport.Accuracy(
                reports
                    .First(report => report.Aggregator == (own.Key.Aggregator == "CWTM" ? "Mean" : own.Key.Aggregator))
                    .Clean
            );
            Assert.Equal(clean, own.First().Certified, 1e-9);
            if (own.Key.Aggregator != "CWTM")
                Assert.Equal(
                    own.Select(point => point.Certified).OrderDescending(),
                    own.Select(point => point.Certified)
                );
        }
    }

    [Fact]
    public void Coverage_counts_every_certified_sample_once_and_says_where_classes_are_left_out()
    {
        var reports = Of().Run(Rules, attack: false);
        var table = new CertificationTable(answers, reports, [], []);
        foreach (var own in table.Coverage().GroupBy(row => (row.Aggregator, row.Threat)))
        {
            Assert.Equal(answers.Samples, own.Sum(row => row.Samples));
            Assert.Equal(
                reports
                    .Single(report => (report.Aggregator, report.ToRow().Threat) == own.Key)
                    .Certified!.Count(c => c),
                own.Sum(row => row.Certified)
            );
        }
        Assert.Contains(
            table.ToCoverageTable().Notes,
            note => note.StartsWith("Constant, any: covers 1 of 4 classes only: ")
        );
    }

    [Fact]
    public void Draws_hold_the_set_of_the_tables_and_others_of_its_size()
    {
        var draws = Of().Draws(Rules);
        Assert.Equal(["Mean", "CWMed", "CWTM", "Plurality vote", "Constant"], draws.Select(entry => entry.Aggregator));
        var reports = Of().Run(Rules, attack: false);
        Assert.All(
            draws,
            entry =>
            {
                Assert.Equal(SetDraws.Default, entry.Draws.Others.Count);
                Assert.Equal(
                    reports.First(report => report.Aggregator == entry.Aggregator).ToRow().Certified,
                    entry.Draws.OfTables
                );
                // The set of this test is the draw with seed 0.
                Assert.Equal(entry.Draws.OfTables, entry.Draws.Others[0]);
                if (entry.Aggregator != "Constant")
                    Assert.True(entry.Draws.Std > 0 && entry.Draws.Others.Min() < entry.Draws.Mean);
            }
        );
    }

    [Fact]
    public void Radii_belong_to_the_answers_right_or_wrong()
    {
        var answered = Of().Predict("CWMed", archive);
        var reports = Of().Run(["CWMed"], attack: false);
        long[] labels = answers.Labels.data<long>().ToArray();
        for (int s = 0; s < answers.Samples; s++)
            Assert.Equal(reports[1].Certified![s], answered[s].Class == labels[s] && answered[s].Radius >= 2);
        Assert.Contains(
            answered.Zip(labels),
            pair => pair.First.Class >= 0 && pair.First.Class != pair.Second && pair.First.Radius > 0
        );
        Assert.All(Of().Predict("GM", archive), answer => Assert.Null(answer.Radius));
    }

    [Fact]
    public void What_is_recorded_is_not_run_again()
    {
        var first = Of().Run(Rules, attack: true);
        var files = Directory.GetFiles(folder.File("results"), "*.json").ToDictionary(f => f, File.GetLastWriteTimeUtc);
        var second = Of().Run(Rules, attack: true);
        Assert.Equal(first.Select(report => report.ToRow()), second.Select(report => report.ToRow()));
        Assert.Equal(
            files,
            Directory.GetFiles(folder.File("results"), "*.json").ToDictionary(f => f, File.GetLastWriteTimeUtc)
        );
    }

    [Fact]
    public void Radii_lie_in_a_file_a_line_a_sample_and_rule()
    {
        RadiusFile.Write(
            folder.File("radii.csv"),
            answers.Labels.data<long>().ToArray(),
            new[] { "Mean", "GM", "Plurality vote" }.Select(rule => (rule, Of().Predict(rule, archive).AsEnumerable()))
        );
        string[] lines = File.ReadAllLines(folder.File("radii.csv"));
        Assert.Equal("sample,label,aggregator,answer,radius", lines[0]);
        Assert.Equal(1 + 2 * answers.Samples, lines.Length);
        Assert.Matches(@"^0,\d,Mean,\d,\d$", lines[1]);
        Assert.Matches(@"^119,\d,Plurality vote,\d?,\d$", lines[^1]);
    }
}
