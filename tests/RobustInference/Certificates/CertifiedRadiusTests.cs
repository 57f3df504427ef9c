using RobustInference.Aggregators;
using RobustInference.Certificates;
using RobustInference.Numerics;
using RobustInference.Probits;
using Tests.RobustInference.Aggregators;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Certificates;

public class CertifiedRadiusTests
{
    public static TheoryData<string> Rules => ExactWorstCaseTests.ExactRules;

    [Theory, MemberData(nameof(Rules))]
    public void It_is_the_last_number_of_liars_that_the_certificate_holds_for(string name)
    {
        var certificate = EveryRule.Named(name).Create(4, 2).Certificate(Adversary.Any)!;
        using var answers = Ensembles.Draw(1, 80, 9, 4);
        int[] radii = certificate.Radii(answers, 4);
        for (int f = 0; f <= 4; f++)
            Assert.Equal(
                certificate.Certified(answers, Adversary.Any, ThreatModel.Draw(9, f, 0)),
                radii.Select(r => r >= f)
            );
        Assert.True(radii.Distinct().Count() > 1);
    }

    // Whatever up to r clients send, the answer is the one that the rows as received get; and one more client suffices
    // to change it, where the certificate is exact.
    [Theory, InlineData("CWMed"), InlineData("CWTM"), InlineData("Plurality vote")]
    public void No_drawn_rows_change_an_answer_within_its_radius(string name)
    {
        using var scope = NewDisposeScope();
        using var rule = EveryRule.Named(name).Create(3, 2);
        using var drawn = Ensembles.Draw(2, 60, 7, 3);
        using var answers = drawn.WithLabels(rule.Scores(drawn.Probits).argmax(1).Integers());
        int[] radii = rule.Certificate(Adversary.Any)!.Radii(answers, 3);
        long[] labels = answers.Labels.Integers();
        var random = RandomStream.Managed(3, "test-liars");
        using var generator = RandomStream.Torch(3, "test-rows");
        for (int draw = 0; draw < 500; draw++)
        {
            using var inner = NewDisposeScope();
            int count = 1 + draw % 3;
            int[] clients = [.. Enumerable.Range(0, 7)];
            random.ShuffleInplace<int>(clients);
            var sent = nn.functional.softmax(8 * randn([60, count, 3], generator: generator), -1);
            long[] now = rule.Scores(Rows.Replace(answers.Probits, clients[..count], sent)).argmax(1).Integers();
            for (int s = 0; s < 60; s++)
                Assert.True(now[s] == labels[s] || radii[s] < count);
        }
    }

    [Fact]
    public void A_learned_rule_has_no_radius_beyond_its_trim_nor_beyond_what_is_asked_for()
    {
        using var rule = new DeepSetTrimmedMean(EveryRule.Network(4), 2);
        using var scope = NewDisposeScope();
        using var drawn = Ensembles.Draw(4, 60, 9, 4);
        using var answers = drawn.WithLabels(rule.Scores(drawn.Probits).argmax(1).Integers());
        var certificate = rule.Certificate(Adversary.Any);
        int[] radii = certificate.Radii(answers, 4),
            fewer = certificate.Radii(answers, 1);
        Assert.All(radii, r => Assert.InRange(r, -1, 2));
        Assert.Equal(radii.Select(r => Math.Min(r, 1)), fewer);
        for (int f = 0; f <= 2; f++)
            Assert.Equal(
                certificate.Certified(answers, Adversary.Any, ThreatModel.Draw(9, f, 0)),
                radii.Select(r => r >= f)
            );
    }
}
