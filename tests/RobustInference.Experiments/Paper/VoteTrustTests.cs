using RobustInference.Aggregators;
using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Paper;
using RobustInference.Training;
using Workbook.Benchmarks;

namespace Tests.RobustInference.Paper;

public class VoteTrustTests
{
    [Fact]
    public void A_cell_is_a_clients_mean_vote_for_the_right_class()
    {
        using var answers = SyntheticProbits.Draw(700, 5, 3, seed: 1);
        using var rule = new CertifiedVote(new VoteNetwork([new VoteMember(5, 3, 8, 2, 3)]));
        var trust = VoteTrust.Of(rule, answers);
        using var votes = rule.Network.Votes(answers.Probits);
        long[] labels = answers.Labels.Integers();
        for (int i = 0; i < 5; i++)
        for (int k = 0; k < 3; k++)
        {
            long[] own = [.. Enumerable.Range(0, 700).Where(s => labels[s] == k).Select(s => (long)s)];
            Assert.Equal(own.Average(s => votes[s, i, k].item<double>()), trust.Trust[i, k], 9);
            Assert.Equal(own.Average(s => answers.Probits[s, i, k].item<float>()), trust.Answered[i, k], 6);
        }
        var figure = trust.ToFigure("Whom it trusts");
        Assert.Equal(2, figure.Panels.Count);
        Assert.Contains("<svg", figure.ToSvg());
    }

    [Fact]
    public void With_calibrated_clients_the_calibrated_row_is_the_vote()
    {
        using var answers = SyntheticProbits.Draw(300, 5, 3, seed: 1);
        using var rule = new Calibrated(
            new CalibrationTraining(new CalibrationRecipe(Steps: 20)).Train(answers),
            new CoordinateWiseMedian()
        );
        var trust = VoteTrust.Of(rule, answers);
        using var rows = rule.Calibration.Of(answers.Probits);
        long[] labels = answers.Labels.Integers();
        long[] own = [.. Enumerable.Range(0, 300).Where(s => labels[s] == 2).Select(s => (long)s)];
        Assert.Equal(own.Average(s => rows[s, 4, 2].item<float>()), trust.Trust[4, 2], 6);
    }

    [Fact]
    public void Answers_of_others_are_refused()
    {
        using var answers = SyntheticProbits.Draw(10, 6, 3, seed: 1);
        using var rule = new CertifiedVote(new VoteNetwork([new VoteMember(5, 3, 8, 2, 3)]));
        Assert.Throws<ArgumentException>(() => VoteTrust.Of(rule, answers));
    }
}
