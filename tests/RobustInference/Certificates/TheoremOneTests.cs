using CsCheck;
using RobustInference.Aggregators;
using RobustInference.Certificates;
using RobustInference.Probits;
using RobustInference.Results;
using Tests.RobustInference.Aggregators;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Certificates;

public class TheoremOneTests
{
    static double[] Margins(ICertificate certificate, ProbitSet answers, Adversary adversary, ThreatModel threat)
    {
        using var margins = certificate.Margins(answers, adversary, threat);
        return margins.data<double>().ToArray();
    }

    // The clients all but agree, so that the bound says something.
    static ProbitSet NearlyAgreed(long seed, int samples, int clients, int classes)
    {
        using var scope = NewDisposeScope();
        using var drawn = Ensembles.Draw(seed, samples, clients, classes);
        var rows = 0.03f * drawn.Probits + 0.97f * drawn.Probits.narrow(1, 0, 1);
        return ProbitSet.FromProbits(
            "nearly agreed",
            rows.contiguous().data<float>().ToArray(),
            rows.shape,
            drawn.Labels.data<long>().ToArray()
        );
    }

    [Theory, InlineData("CWTM"), InlineData("CWMed"), InlineData("CWMed, lower")]
    public void It_is_a_lower_bound_of_the_exact_worst_case_and_not_an_idle_one(string name)
    {
        int certified = 0;
        Gen.Select(Gen.Int[3, 12], Gen.Int[2, 5], Gen.Int[0, 5], Gen.Bool, Gen.Long[0, 1 << 30])
            .Sample(
                (n, k, f, agreed, seed) =>
                {
                    f = Math.Min(f, (n - 1) / 2);
                    var rule = EveryRule.Named(name).Create(k, f);
                    using var answers = agreed ? NearlyAgreed(seed, 20, n, k) : Ensembles.Draw(seed, 20, n, k);
                    var threat = ThreatModel.Draw(n, f, seed);
                    double[] bound = Margins(new TheoremOneCertificate(rule.Kappa), answers, Adversary.Any, threat),
                        exact = Margins(rule.Certificate(Adversary.Any)!, answers, Adversary.Any, threat);
                    Assert.Equal(
                        bound,
                        Margins(new TheoremOneCertificate(rule.Kappa), answers, Adversary.Fixed, threat)
                    );
                    for (int s = 0; s < 20; s++)
                        Assert.True(bound[s] <= exact[s] + 1e-9, $"n = {n}, f = {f}: {bound[s]} > {exact[s]}");
                    certified += bound.Count(margin => margin > 0);
                },
                iter: 100,
                threads: 1
            );
        Assert.True(certified > 100, $"{certified}");
    }

    // Three clients (0.8, 0.2), (0.7, 0.3), (0.9, 0.1), label 0: the mean leads by 0.6; σ = √(0.02/3). f = 1, CWTM: κ =
    // 6·1·2 = 12.
    [Fact]
    public void By_hand()
    {
        using var answers = ProbitSet.FromProbits("x", [0.8f, 0.2f, 0.7f, 0.3f, 0.9f, 0.1f], [1, 3, 2], [0]);
        double expected = 0.6 - 2 * (Math.Sqrt(12 * 3 / 2.0) + Math.Sqrt(1 / 2.0)) * Math.Sqrt(0.02 / 3);
        Assert.Equal(
            expected,
            Margins(
                new TheoremOneCertificate(new CoordinateWiseTrimmedMean(1).Kappa),
                answers,
                Adversary.Any,
                new ThreatModel(3, [0])
            )[0],
            1e-6
        );
    }

    [Theory, InlineData("Mean"), InlineData("GM"), InlineData("DeepSet-TM"), InlineData("Plurality vote")]
    public void A_rule_without_kappa_is_certified_nowhere(string name)
    {
        using var answers = NearlyAgreed(1, 5, 7, 4);
        Assert.All(
            Margins(
                new TheoremOneCertificate(EveryRule.Named(name).Create(4, 1).Kappa),
                answers,
                Adversary.Any,
                new ThreatModel(7, [0])
            ),
            margin => Assert.Equal(double.NegativeInfinity, margin)
        );
    }

    [Fact]
    public void On_the_embedded_ensembles_it_certifies_next_to_nothing()
    {
        using var archive = ProbitArchive.Read(WorkbookFolder.Probits("cifar10", 0.5, 0));
        bool[] certified = new TheoremOneCertificate(new CoordinateWiseTrimmedMean(4).Kappa).Certified(
            archive.Test,
            Adversary.Any,
            ThreatModel.Draw(17, 4, 0)
        );
        Assert.InRange(certified.Count(c => c) / (double)certified.Length, 0, 0.01);
        Assert.InRange(TheoremOne.Bound(archive.Test, 4), 0.98, 1);
    }
}
