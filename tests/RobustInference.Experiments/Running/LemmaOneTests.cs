using RobustInference.Aggregators;
using RobustInference.Probits;
using RobustInference.Results;
using RobustInference.Running;
using Tests.RobustInference.Certificates;

namespace Tests.RobustInference.Running;

public class LemmaOneTests
{
    [Theory, InlineData("cifar10-a0.5-s0.npz"), InlineData("cifar10-a0.3-s0.npz")]
    public void It_holds_on_real_probits_and_both_sides_are_near(string file)
    {
        using var archive = ProbitArchive.Read(Path.Combine(WorkbookFolder.Root, "data", "probits", file));
        foreach (var adversary in Enum.GetValues<Adversary>())
        foreach (int f in new[] { 0, 1, 4 })
        {
            var lemma = LemmaOne.Measure(
                archive.Test,
                new CoordinateWiseTrimmedMean(f),
                adversary,
                ThreatModel.Draw(17, f, 0)
            );
            Assert.True(lemma.RobustRisk <= lemma.CleanRisk + lemma.Gap, $"{lemma}");
            // Nothing is lost that the mean had right without the gap having it too, and the other way round.
            Assert.True(lemma.RobustRisk >= Math.Max(lemma.Gap - lemma.CleanRisk, 0), $"{lemma}");
            if (f == 0)
                Assert.Equal((lemma.CleanRisk, 0), (lemma.RobustRisk, lemma.Gap));
        }
    }

    // Two samples of three clients, f = 1, label 0. The first is unanimous: safe. In the second the mean already
    // answers 1, and one liar can make the median answer 0.
    [Fact]
    public void By_hand()
    {
        using var answers = ProbitSet.FromProbits(
            "x",
            [0.9f, 0.1f, 0.9f, 0.1f, 0.9f, 0.1f, 0.3f, 0.7f, 0.6f, 0.4f, 0.1f, 0.9f],
            [2, 3, 2],
            [0, 0]
        );
        Assert.Equal(
            new LemmaOne(0.5, 0.5, 0.5),
            LemmaOne.Measure(answers, new CoordinateWiseTrimmedMean(1), Adversary.Any, new ThreatModel(3, [0]))
        );
        // If the liar is client 1, who alone favours class 0, the answer stays 1.
        Assert.Equal(
            new LemmaOne(0.5, 0.5, 0),
            LemmaOne.Measure(answers, new CoordinateWiseTrimmedMean(1), Adversary.Fixed, new ThreatModel(3, [1]))
        );
    }

    [Fact]
    public void A_rule_without_an_exact_worst_case_is_refused()
    {
        using var answers = Ensembles.Draw(1, 3, 5, 3);
        Assert.Contains(
            "GM",
            Assert
                .Throws<ArgumentException>(() =>
                    LemmaOne.Measure(answers, new GeometricMedian(), Adversary.Any, new ThreatModel(5, [0]))
                )
                .Message
        );
    }
}
