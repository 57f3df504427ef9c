using RobustInference.Assessment;
using RobustInference.Inputs;
using RobustInference.Probits;
using RobustInference.Results;
using RobustInference.Running;
using Workbook.Benchmarks;

namespace Tests.RobustInference.Assessment;

public sealed class EnsembleAssessmentTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    (EnsembleReport Report, List<(string Stage, double Done)> Progress) Run(params int[] corrupted)
    {
        using var input = new InputEnsemble(
            "drawn.npz",
            new ProbitArchive(null, SyntheticProbits.Draw(160, 7, 4, seed: 5))
            {
                Names = new(["a", "b", "c", "d", "e", "f", "g"], null),
            }
        );
        var runner = new CellRunner(
            new ResultStore(folder.File("results")),
            new EnsembleSource([], "", ""),
            folder.File("trained")
        );
        var told = new List<(string, double)>();
        var report = new EnsembleAssessment(runner, input, new ReportOptions(corrupted, AttackedSamples: 40)).Run(
            (stage, done) =>
            {
                lock (told)
                    told.Add((stage, done));
            },
            TestContext.Current.CancellationToken
        );
        return (report, told);
    }

    [Fact]
    public void A_report_has_every_fact_and_its_progress_never_goes_back()
    {
        var (report, progress) = Run(1, 2);
        Assert.Equal(progress.Select(told => told.Done), progress.Select(told => told.Done).Order());
        Assert.Equal(1, progress[^1].Done);
        Assert.All(progress, told => Assert.NotEmpty(told.Stage));
        Assert.Equal([1, 2], report.Verdict.Points.Select(point => point.Corrupted));
        Assert.Equal(["a", "b", "c", "d", "e", "f", "g"], report.Clients.Select(client => client.Name));
        // Every set of one or two of seven clients, the worst first.
        Assert.Equal([7, 21], report.Sets.Select(sets => sets.Sets.Count));
        Assert.All(report.Sets, sets => Assert.True(sets.IsEverySet));
        Assert.All(
            report.Sets,
            sets => Assert.Equal(sets.Sets.Select(set => set.Certified).Order(), sets.Sets.Select(set => set.Certified))
        );
        // Nothing certified is above what attacks leave, and more liars leave no more.
        Assert.All(
            report.Rules.Where(rule => rule is { Certified: not null, Attacked: not null }),
            rule => Assert.InRange(rule.Certified!.Value, 0, rule.Attacked!.Value)
        );
        Assert.All(
            report.Rules.Where(rule => rule.Rule == "Mean" && rule.Corrupted > 0),
            rule =>
                Assert.InRange(
                    rule.Certified!.Value,
                    0,
                    report
                        .Rules.First(other => other.Rule == "Mean" && other.Corrupted == rule.Corrupted - 1)
                        .Certified!.Value
                )
        );
        Assert.Null(report.Network);
        Assert.Contains(report.Findings, finding => finding.Check == "few samples");
    }

    /// <summary>Two blocks and a part of a third.</summary>
    [Fact]
    public void A_report_of_answers_in_blocks_is_that_of_the_whole()
    {
        const int Samples = 45_000;
        using var drawn = SyntheticProbits.Draw(Samples, 5, 3, seed: 6);
        string path = folder.File("large.npz");
        new ProbitArchive(SyntheticProbits.Draw(300, 5, 3, seed: 7), drawn).Write(path);
        var options = new ReportOptions([1, 2], AttackedSamples: 30);
        using var large = BlockedAnswers.Open([path], InputOptions.None, least: 1)!;
        Assert.True(large.BlockSamples < Samples / 2);
        using var input = InputReader.Core.Read([path], InputOptions.None);
        var found = new List<Finding>();
        EnsembleReport blocks = new EnsembleAssessment(Runner("blocks"), large, options).Run(
                cancel: TestContext.Current.CancellationToken,
                found: found.AddRange
            ),
            whole = new EnsembleAssessment(Runner("whole"), input, options).Run(
                cancel: TestContext.Current.CancellationToken
            );
        Assert.Equal(Text(whole), Text(blocks));
        Assert.Equal(whole.Findings, found);
        Assert.Contains(whole.Rules, rule => rule is { IsLearned: true, Certified.Value: > 0.2 });

        CellRunner Runner(string store) =>
            // What both train from is the same, or the second does not find it under its key: it is trained once.
            new(new ResultStore(folder.File(store)), new EnsembleSource([], "", ""), folder.File("trained"));

        static string Text(EnsembleReport report) =>
            System.Text.Json.JsonSerializer.Serialize(
                new
                {
                    report.Title,
                    Verdict = report.Verdict.ToString(),
                    report.Samples,
                    report.Rules,
                    report.Clients,
                    report.Balance,
                    PerClass = report.PerClass.Select(row => new { row.Rule, row.Certified }),
                    Sets = report.Sets.Select(sets => new
                    {
                        sets.Rule,
                        sets.Samples,
                        sets.Costs,
                        All = sets.Sets.Select(set => new { set.Clients, set.Certified }),
                    }),
                    Edge = report.Edge.Select(sample => new { sample.Sample, Margin = Math.Round(sample.Margin, 9) }),
                }
            );
    }

    [Fact]
    public void Half_the_clients_or_more_cannot_lie() => Assert.Throws<ArgumentException>(() => Run(4));
}
