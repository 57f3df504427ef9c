using System.Diagnostics;
using RobustInference.Aggregators;
using RobustInference.Certificates;
using RobustInference.Numerics;
using RobustInference.Probits;

namespace Workbook.Benchmarks;

/// <summary>What it costs to certify every sample of an ensemble: the paper's bound and the exact figures of the static rules, one core.</summary>
public static class CertificatesBenchmark
{
    /// <param name="answers">The ensemble; 10,000 samples of 17 clients over 10 classes where figures are to be compared.</param>
    /// <param name="corrupted">f.</param>
    public static IReadOnlyList<BenchmarkRow> Run(ProbitSet answers, int corrupted)
    {
        TorchThreads.One();
        var threat = ThreatModel.Draw(answers.Clients, corrupted, 0);
        var rows = new List<BenchmarkRow>();
        foreach (var rule in new Aggregator[] { new Mean(), new CoordinateWiseMedian(), new CoordinateWiseTrimmedMean(corrupted), new PluralityVote(), ConstantAnswer.BestOn(answers) })
        {
            if (Kappa.Of(rule, answers.Clients, corrupted) is not null) Time(rule, new TheoremOneCertificate(rule), Adversary.Any);
            foreach (var adversary in Enum.GetValues<Adversary>()) Time(rule, ExactWorstCase.Of(rule)!, adversary);
        }
        return [.. rows, new("sum", rows.Sum(row => row.Value), "s")];

        void Time(Aggregator rule, ICertificate certificate, Adversary adversary)
        {
            var clock = Stopwatch.StartNew();
            certificate.Margins(answers, adversary, threat).Dispose();
            rows.Add(new($"{rule.Name}, {certificate.Name}, {adversary.ToString().ToLowerInvariant()}", clock.Elapsed.TotalSeconds, "s"));
        }
    }
}
