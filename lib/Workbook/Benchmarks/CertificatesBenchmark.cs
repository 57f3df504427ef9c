using System.Diagnostics;
using RobustInference.Aggregators;
using RobustInference.Certificates;
using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Probits;

namespace Workbook.Benchmarks;

/// <summary>What it costs to certify every sample of an ensemble on one core: the paper's bound and the exact figures
/// of the static rules, and the bounds of learned ones.</summary>
/// <remarks>The cost of a network's bounds does not depend on its weights, so drawn ones do.</remarks>
public static class CertificatesBenchmark
{
    static readonly int[] Widths = [128, 256];

    /// <param name="answers">The ensemble; 10,000 samples of 17 clients over 10 classes where figures are to be
    /// compared.</param>
    /// <param name="corrupted">f.</param>
    public static IReadOnlyList<BenchmarkRow> Run(ProbitSet answers, int corrupted)
    {
        TorchThreads.One();
        var threat = ThreatModel.Draw(answers.Clients, corrupted, 0);
        var rows = new List<BenchmarkRow>();
        foreach (
            var rule in new Aggregator[]
            {
                new Mean(),
                new CoordinateWiseMedian(),
                new CoordinateWiseTrimmedMean(corrupted),
                new PluralityVote(),
                ConstantAnswer.BestOn(answers),
            }
        )
        {
            if (rule.Kappa(answers.Clients, corrupted) is not null)
                Time(rule, new TheoremOneCertificate(rule.Kappa), Adversary.Any);
            foreach (var adversary in Enum.GetValues<Adversary>())
                Time(rule, rule.Certificate(adversary)!, adversary);
        }
        rows.Add(new("sum", rows.Sum(row => row.Value), "s"));
        foreach (int hidden in Widths)
        {
            using var network = new DeepSetNetwork(answers.Classes, hidden, 0);
            var rule = new DeepSetTrimmedMean(network, corrupted);
            foreach (var adversary in Enum.GetValues<Adversary>())
                Time(rule, rule.Certificate(adversary)!, adversary, $" of {hidden} units");
            var clock = Stopwatch.StartNew();
            new DeepSetCertificate(network, corrupted).Radii(answers, (answers.Clients - 1) / 2);
            rows.Add(new($"{rule.Name} of {hidden} units, radii", clock.Elapsed.TotalSeconds, "s"));
        }
        return rows;

        void Time(Aggregator rule, ICertificate certificate, Adversary adversary, string size = "")
        {
            var clock = Stopwatch.StartNew();
            certificate.Margins(answers, adversary, threat).Dispose();
            rows.Add(
                new(
                    $"{rule.Name}{size}, {certificate.Name}, {adversary.ToString().ToLowerInvariant()}",
                    clock.Elapsed.TotalSeconds,
                    "s"
                )
            );
        }
    }
}
