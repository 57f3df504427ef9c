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

    [Fact]
    public void Half_the_clients_or_more_cannot_lie() => Assert.Throws<ArgumentException>(() => Run(4));
}
