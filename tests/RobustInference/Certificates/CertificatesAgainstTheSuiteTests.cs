using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Certificates;
using RobustInference.Evaluation;
using RobustInference.Probits;
using RobustInference.Results;
using Tests.RobustInference.Aggregators;

namespace Tests.RobustInference.Certificates;

/// <summary>Certificates and attacks on real ensembles: whatever is certified survives the strong suite, and where the
/// worst case is exact, nothing else does.</summary>
public class CertificatesAgainstTheSuiteTests
{
    const double Rounding = 1e-6;
    const int Samples = 150;

    public static TheoryData<string> Rules => ["Mean", "CWMed", "CWTM", "Plurality vote", "Trimmed vote", "DeepSet-TM"];

    [Theory, MemberData(nameof(Rules))]
    public void On_the_embedded_ensembles(string name)
    {
        string[] files = Directory.GetFiles(Path.Combine(WorkbookFolder.Root, "data", "probits"), "cifar10-*.npz");
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            using var archive = ProbitArchive.Read(file);
            using var answers = archive.Test.Select([.. Enumerable.Range(0, Samples).Select(s => (long)s)]);
            using var rule = EveryRule.Named(name).Create(10, 4);
            var threat = ThreatModel.Draw(answers.Clients, 4, 0);
            var paper = new RobustnessEvaluation(answers, archive.Validation, threat, 0).Run(
                rule,
                AttackSuite.Paper,
                []
            );
            var (given, any) = StrongSuite.Both(answers, rule, paper, threat, 0);
            Check(rule, answers, Adversary.Fixed, threat, given);
            Check(rule, answers, Adversary.Any, threat, any);
        }
    }

    static void Check(Aggregator rule, ProbitSet answers, Adversary adversary, ThreatModel threat, StrongReport report)
    {
        var certificate = rule.Certificate(adversary)!;
        using var margins = certificate.Margins(answers, adversary, threat);
        double[] least = margins.data<double>().ToArray();
        for (int s = 0; s < least.Length; s++)
        {
            Assert.True(report.SurvivesPaper[s] || !report.Survives[s]);
            if (least[s] > Rounding)
                Assert.True(
                    report.Survives[s],
                    $"{rule.Name}, {adversary}: sample {s} is certified with {least[s]} and broken"
                );
            if (certificate.IsExact && adversary == Adversary.Fixed && least[s] < -Rounding)
                Assert.False(report.Survives[s], $"{rule.Name}: sample {s} has {least[s]} and survives");
        }
    }
}
