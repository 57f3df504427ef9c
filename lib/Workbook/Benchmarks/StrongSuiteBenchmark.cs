using RobustInference.Aggregators;
using RobustInference.Evaluation;
using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Probits;

namespace Workbook.Benchmarks;

/// <summary>The strong suite on DeepSet-TM, every test sample, stage by stage: what each breaks of those still
/// standing, and how long it takes.</summary>
public static class StrongSuiteBenchmark
{
    const int Corrupted = 4;

    public static IReadOnlyList<BenchmarkRow> Run(ProbitArchive archive, DeepSetNetwork network)
    {
        TorchThreads.One();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var begun = new List<double>();
        var threat = ThreatModel.Draw(archive.Test.Clients, Corrupted, 0);
        var report = StrongSuite.Run(
            archive.Test,
            new DeepSetTrimmedMean(network, Corrupted),
            threat,
            Adversary.Any,
            0,
            archive.Validation,
            (_, _) => begun.Add(clock.Elapsed.TotalSeconds)
        );
        begun.Add(clock.Elapsed.TotalSeconds);
        // The six report their names too, ahead of the suite.
        int first = begun.Count - 1 - report.Stages.Count;
        return
        [
            new("clean", 100 * RobustnessReport.Accuracy(report.Clean), "%"),
            new("the paper's six, pointwise", 100 * RobustnessReport.Accuracy(report.SurvivesPaper), "%"),
            new("the paper's six", begun[first], "s"),
            .. report.Stages.SelectMany(
                (stage, i) =>
                    new BenchmarkRow[]
                    {
                        new($"{stage.Attack}, of {stage.Standing}", stage.Broken, "broken"),
                        new(stage.Attack, begun[first + i + 1] - begun[first + i], "s"),
                    }
            ),
            new("strong suite, any", 100 * report.Accuracy, "%"),
            new("all", begun[^1], "s"),
        ];
    }
}
