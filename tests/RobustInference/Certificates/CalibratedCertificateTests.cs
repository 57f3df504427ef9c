using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Certificates;
using RobustInference.Numerics;
using RobustInference.Probits;
using Tests.RobustInference.Aggregators;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Certificates;

public class CalibratedCertificateTests
{
    const int Clients = 7,
        Classes = 4;

    /// <summary>Labelled with what a rule answers: what is drawn means nothing to drawn weights.</summary>
    static ProbitSet Answered(Aggregator rule, ProbitSet answers)
    {
        using var scores = rule.Scores(answers.Probits);
        return answers.WithLabels(scores.argmax(1).Integers());
    }

    [Theory, InlineData(Adversary.Fixed), InlineData(Adversary.Any)]
    public void It_says_what_the_inner_rules_says_of_calibrated_rows(Adversary adversary)
    {
        using var scope = NewDisposeScope();
        using var calibration = DrawnCalibration.Of(Clients, Classes);
        using var drawn = Ensembles.Draw(3, 120, Clients, Classes);
        using var answers = Answered(new Calibrated(calibration, new Mean()), drawn);
        using var calibrated = ProbitSet.FromProbits(
            "calibrated",
            calibration.Of(answers.Probits).data<float>().ToArray(),
            [120, Clients, Classes],
            answers.Labels.data<long>().ToArray()
        );
        var threat = ThreatModel.Draw(Clients, 1, 5);
        foreach (Aggregator inner in new Aggregator[] { new CoordinateWiseMedian(), new CoordinateWiseTrimmedMean(2) })
        {
            ICertificate own = new Calibrated(calibration, inner).Certificate(adversary)!,
                known = inner.Certificate(adversary)!;
            Assert.False(own.IsExact);
            double[] margins = own.Margins(answers, adversary, threat).data<double>().ToArray(),
                expected = known.Margins(calibrated, adversary, threat).data<double>().ToArray();
            for (int s = 0; s < margins.Length; s++)
                Assert.Equal(expected[s], margins[s], 1e-6);
            Assert.Equal(margins.Select(margin => margin > 0), own.ArePositive(answers, adversary, threat));
            Assert.InRange(margins.Count(margin => margin > 0), 3, 117);
        }
    }

    [Fact]
    public void A_rule_without_a_certificate_has_none_calibrated() =>
        Assert.Null(new Calibrated(DrawnCalibration.Of(5, 3), new GeometricMedian()).Certificate(Adversary.Any));

    /// <summary>Every row of a grid over the simplex, for both liars, breaks nothing that is certified; and the best
    /// votes that are found come near.</summary>
    [Fact]
    public void No_rows_of_a_grid_break_what_is_certified()
    {
        using var scope = NewDisposeScope();
        const int Few = 3,
            Steps = 12;
        using var rule = new Calibrated(DrawnCalibration.Of(5, Few, seed: 2), new CoordinateWiseMedian());
        using var drawn = Ensembles.Draw(8, 60, 5, Few);
        using var answers = Answered(rule, drawn);
        int[] liars = [0, 3];
        var threat = new ThreatModel(5, liars);
        double[] margins = rule.Certificate(Adversary.Fixed)!
            .Margins(answers, Adversary.Fixed, threat)
            .data<double>()
            .ToArray();
        float[][] grid =
        [
            .. from a in Enumerable.Range(0, Steps + 1)
            from b in Enumerable.Range(0, Steps + 1 - a)
            select new[] { (float)a / Steps, (float)b / Steps, (float)(Steps - a - b) / Steps },
        ];
        using var given = rule.Given(answers.Probits, liars);
        var least = Enumerable.Repeat(double.PositiveInfinity, answers.Samples).ToArray();
        foreach (var first in grid)
        foreach (var second in grid)
        {
            using var inner = NewDisposeScope();
            var sent = tensor((float[])[.. first, .. second], [1, 2, Few]).expand(answers.Samples, 2, Few);
            float[] leads = ScoreMargin.Leads(given.Scores(sent), answers.Labels).Floats().ToArray();
            for (int s = 0; s < leads.Length; s++)
                least[s] = Math.Min(least[s], leads[s]);
        }
        for (int s = 0; s < least.Length; s++)
            Assert.True(least[s] >= margins[s] - 1e-6, $"sample {s}: {least[s]} under {margins[s]}");
        Assert.InRange(margins.Count(margin => margin > 0), 5, 55);
    }

    [Fact]
    public void A_radius_holds_for_that_many_changed_rows()
    {
        using var scope = NewDisposeScope();
        using var rule = new Calibrated(DrawnCalibration.Of(Clients, Classes), new CoordinateWiseMedian());
        using var answers = Ensembles.Draw(4, 80, Clients, Classes);
        var predictions = rule.Predict(answers);
        using var answered = answers.WithLabels([.. predictions.Select(p => Math.Max(0L, p.Class))]);
        for (int r = 1; r <= 3; r++)
        {
            bool[] certified = rule.Certificate(Adversary.Any)!
                .ArePositive(answered, Adversary.Any, new ThreatModel(Clients, Enumerable.Range(0, r)));
            for (int s = 0; s < certified.Length; s++)
                Assert.Equal(certified[s], predictions[s].Radius >= r);
        }
    }
}
