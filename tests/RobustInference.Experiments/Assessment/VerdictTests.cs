using RobustInference.Assessment;
using RobustInference.Probits;
using RobustInference.Running;

namespace Tests.RobustInference.Assessment;

public sealed class VerdictTests
{
    const int Samples = 1000;

    static bool[] Right(int count) => [.. Enumerable.Range(0, Samples).Select(s => s < count)];

    static CertificationReport Report(string rule, int corrupted, int clean, int? certified) =>
        new(
            rule,
            Adversary.Any,
            corrupted,
            Right(clean),
            null,
            certified is { } count ? Right(count) : null,
            true,
            null,
            []
        );

    static Verdict Of(int learned) =>
        Verdict.Of(
            5,
            Adversary.Any,
            [
                [
                    Report("Mean", 1, 850, 580),
                    Report("CWTM", 1, 840, 610),
                    Report("Constant", 1, 240, 240),
                    Report("CertifiedDeepSet", 1, 800, learned),
                ],
                [
                    Report("Mean", 2, 850, 210),
                    Report("CWTM", 2, 830, 300),
                    Report("Constant", 2, 240, 240),
                    Report("CertifiedDeepSet", 2, 800, learned - 310),
                ],
            ],
            rule => rule == "CertifiedDeepSet"
        );

    [Fact]
    public void It_says_how_far_liars_get_what_to_use_and_whether_training_pays()
    {
        string text = Of(600).ToString();
        Assert.StartsWith(
            "One of 5 clients can take the mean from 85.0 % to 58.0 % (±3.1); two to 21.0 % (±2.5), below the constant "
                + "answer (24.0 %). Use CWTM (certified 30.0 % (±2.8), clean 83.0 %). Training gains −1.0 [",
            text
        );
        Assert.Contains("points over the best rule without: not worth it here", text);
        Assert.EndsWith($"(Criterion: {RuleScore.Criterion}.)", text);
        Assert.DoesNotContain('\n', text);
    }

    [Fact]
    public void Where_training_pays_it_names_the_learned_rule()
    {
        string text = Of(800).ToString();
        Assert.Contains("Use CertifiedDeepSet (certified 49.0 %", text);
        Assert.Contains("worth it here", text);
        Assert.DoesNotContain("not worth", text);
    }

    [Fact]
    public void A_rule_that_knows_who_answers_is_named_as_one_with_the_best_of_the_others_beside_it()
    {
        string text = Verdict
            .Of(
                5,
                Adversary.Any,
                [
                    [
                        Report("Mean", 1, 850, 580),
                        Report("CWTM", 1, 840, 610),
                        Report("CertifiedDeepSet", 1, 800, 650),
                        Report("CertifiedVote", 1, 860, 700),
                    ],
                ],
                rule => rule.StartsWith("Certified", StringComparison.Ordinal)
            )
            .ToString();
        Assert.Contains(
            "Use CertifiedVote, which knows who answers (certified 70.0 % (±2.8), clean 86.0 %), or where that is not "
                + "known CertifiedDeepSet (certified 65.0 % (±3.0), clean 80.0 %). Training gains +9.0 [",
            text
        );
    }

    [Fact]
    public void Where_no_rule_beats_a_constant_it_says_so()
    {
        var verdict = Verdict.Of(
            5,
            Adversary.Fixed,
            [
                [
                    Report("Mean", 1, 500, 100) with
                    {
                        Adversary = Adversary.Fixed,
                    },
                    Report("Constant", 1, 240, 240) with
                    {
                        Adversary = Adversary.Fixed,
                    },
                ],
            ],
            _ => false
        );
        Assert.StartsWith("The one corrupted of 5 clients can take the mean", verdict.ToString());
        Assert.Contains("though a constant answer is no worse", verdict.ToString());
    }

    [Theory]
    [InlineData(0, 10, 0.0, 0.278)]
    [InlineData(5, 10, 0.237, 0.763)]
    [InlineData(10, 10, 0.722, 1.0)]
    public void Intervals_are_those_of_Wilson(int right, int samples, double low, double high)
    {
        var share = Share.Of([.. Enumerable.Range(0, samples).Select(s => s < right)]);
        Assert.Equal(low, share.Low, 0.0006);
        Assert.Equal(high, share.High, 0.0006);
    }
}
