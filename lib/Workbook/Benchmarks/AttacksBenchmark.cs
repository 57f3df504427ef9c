using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Evaluation;
using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace Workbook.Benchmarks;

/// <summary>PGD-cw (50 steps) on every test sample: seconds of processor time per rule, the plain way and ours, with
/// the accuracies that both leave.</summary>
public static class AttacksBenchmark
{
    const int Corrupted = 4,
        Chunk = 500,
        Rounds = 7;

    public static IReadOnlyList<BenchmarkRow> Run(ProbitSet test, DeepSetNetwork network)
    {
        TorchThreads.One();
        var threat = ThreatModel.Draw(test.Clients, Corrupted, 0);
        (Aggregator Rule, Func<Tensor, Tensor> Plain)[] rules =
        [
            (new Mean(), PlainRules.Mean),
            (new CoordinateWiseMedian(), PlainRules.Median),
            (new GeometricMedian(), PlainRules.GeometricMedian),
            (new CoordinateWiseTrimmedMean(Corrupted), answers => PlainRules.TrimmedMean(answers, Corrupted)),
            (
                new DeepSetTrimmedMean(network, Corrupted),
                answers => PlainRules.DeepSetTrimmedMean(network, answers, Corrupted)
            ),
        ];
        var rows = new List<BenchmarkRow>();
        double plainSum = 0,
            oursSum = 0;
        foreach (var (rule, plain) in rules)
        {
            double plainAccuracy = 0,
                ourAccuracy = 0;
            double ours = InterleavedTimer.ProcessorSeconds(Rounds, () => ourAccuracy = Ours(rule, test, threat))[0];
            // A turn of the plain way takes up to a minute: one, after a small one that warms it up.
            using (var few = test.Select([.. Enumerable.Range(0, Chunk).Select(s => (long)s)]))
                Plain(rule, plain, few, threat);
            double plainSeconds = InterleavedTimer.ProcessorSecondsOf(() =>
                plainAccuracy = Plain(rule, plain, test, threat)
            );
            plainSum += plainSeconds;
            oursSum += ours;
            rows.Add(new($"{rule.Name} plain", plainSeconds, "s"));
            rows.Add(new($"{rule.Name} ours", ours, "s"));
            rows.Add(new($"{rule.Name} ratio", plainSeconds / ours, "x"));
            rows.Add(new($"{rule.Name} accuracy plain", 100 * plainAccuracy, "%"));
            rows.Add(new($"{rule.Name} accuracy ours", 100 * ourAccuracy, "%"));
        }
        return
        [
            .. rows,
            new("sum plain", plainSum, "s"),
            new("sum ours", oursSum, "s"),
            new("sum ratio", plainSum / oursSum, "x"),
        ];
    }

    static double Ours(Aggregator rule, ProbitSet test, ThreatModel threat)
    {
        var report = new RobustnessEvaluation(test, null, threat, 0).Run(rule, [new ProjectedGradientAttack()], []);
        return RobustnessReport.Accuracy(report.Attacked[0].Right);
    }

    static double Plain(Aggregator rule, Func<Tensor, Tensor> plain, ProbitSet test, ThreatModel threat)
    {
        using var generator = RandomStream.Torch(0, "pgd-start");
        using var start = rand([test.Samples, threat.Count, test.Classes], generator: generator);
        int right = 0;
        for (int from = 0; from < test.Samples; from += Chunk)
        {
            using var scope = NewDisposeScope();
            int count = Math.Min(Chunk, test.Samples - from);
            Tensor answers = test.Probits.narrow(0, from, count),
                labels = test.Labels.narrow(0, from, count);
            var places = tensor(
                Enumerable
                    .Range(0, count)
                    .SelectMany(s => threat.Corrupted.Select(p => (long)s * test.Clients + p))
                    .ToArray()
            );
            var rows = new PlainAscent().Ascend(
                plain,
                rule.Scale,
                answers,
                labels,
                places,
                start.narrow(0, from, count).view(-1, test.Classes)
            );
            using var untracked = no_grad();
            right += Predictions
                .Correct(plain(answers.view(-1, test.Classes).index_copy(0, places, rows).view(answers.shape)), labels)
                .Count(r => r);
        }
        return (double)right / test.Samples;
    }
}
