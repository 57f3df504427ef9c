using CsCheck;
using RobustInference.Aggregators;
using RobustInference.Networks;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Aggregators;

public class CalibratedTests
{
    [Fact]
    public void Calibrated_rows_worked_out_by_hand()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var calibration = new ClientCalibration(2, 2);
        calibration.Weight.copy_(tensor(new[] { 1f, 0, 0, 1, 0, 2, 0.5f, 0 }, [2, 2, 2]));
        calibration.Bias.copy_(tensor(new[] { 0f, 0, 1, -1 }, [2, 2]));
        using var rule = new Calibrated(calibration, new Mean());
        var answers = tensor(new[] { 0.2f, 0.8f, 0.3f, 0.7f }, [1, 2, 2]);
        double floor = ClientCalibration.Floor,
            first = (0.2 + floor) / (1 + 2 * floor),
            up = 2 * Math.Log(0.7 + floor) + 1,
            down = 0.5 * Math.Log(0.3 + floor) - 1,
            second = 1 / (1 + Math.Exp(down - up));
        float[] scores = rule.Scores(answers).data<float>().ToArray();
        Assert.Equal((first + second) / 2, scores[0], 1e-6);
        Assert.Equal(1 - (first + second) / 2, scores[1], 1e-6);
    }

    [Fact]
    public void Whatever_a_client_sends_its_calibrated_row_is_on_the_simplex()
    {
        using var scope = NewDisposeScope();
        using var calibration = DrawnCalibration.Of(5, 4);
        var rows = calibration.Of(EveryRule.Rows(1, 200, 5, 4, oneHot: true));
        Assert.True(rows.min().ToSingle() >= 0);
        Assert.InRange((rows.sum(-1) - 1).abs().max().ToSingle(), 0, 1e-6);
    }

    [Theory, InlineData("CWMed"), InlineData("CWTM"), InlineData("GM"), InlineData("DeepSet-TM")]
    public void Conditioned_on_honest_rows_it_is_the_rule_on_all_rows(string inner) =>
        Gen.Select(Gen.Int[1, 9], Gen.Int[3, 8], Gen.Int[2, 6], Gen.Int[0, 7], Gen.Long[0, 1 << 30])
            .Sample(
                (samples, clients, classes, liars, seed) =>
                {
                    using var scope = NewDisposeScope();
                    using var rule = new Calibrated(
                        DrawnCalibration.Of(clients, classes, seed),
                        EveryRule.Named(inner).Create(classes, 1)
                    );
                    // The geometric median's gradient near a row is lost in float32.
                    bool isPrecise = inner == "GM";
                    ConditionedRule.IsTheRule(
                        rule,
                        samples,
                        clients,
                        classes,
                        liars,
                        seed,
                        oneHot: false,
                        isPrecise ? 1e-7 : 2e-4,
                        isPrecise ? ScalarType.Float64 : ScalarType.Float32
                    );
                },
                iter: 25
            );

    [Fact]
    public void The_gradient_is_that_of_the_scores()
    {
        using var scope = NewDisposeScope();
        using var rule = new Calibrated(DrawnCalibration.Of(5, 4), new Mean());
        Tensor answers = EveryRule.Rows(3, 6, 5, 4),
            sent = EveryRule.Rows(4, 6, 2, 4).to(ScalarType.Float64),
            slope = EveryRule.Rows(5, 1, 6, 4).squeeze(0).to(ScalarType.Float64);
        using var given = rule.Given(answers.to(ScalarType.Float64), [1, 3]);
        var gradient = given.Gradient(sent, _ => slope.clone());
        const double Step = 1e-6;
        for (int place = 0; place < 2; place++)
        for (int k = 0; k < 4; k++)
        {
            var moved = zeros_like(sent);
            moved.select(1, place).select(1, k).fill_(Step);
            var numeric = ((given.Scores(sent + moved) - given.Scores(sent - moved)) * slope).sum(1) / (2 * Step);
            Assert.InRange(EveryRule.Distance(numeric, gradient.select(1, place).select(1, k)), 0, 1e-5);
        }
    }

    [Fact]
    public void It_knows_who_answers()
    {
        using var scope = NewDisposeScope();
        using var rule = new Calibrated(DrawnCalibration.Of(6, 4), new CoordinateWiseMedian());
        Assert.True(rule.KnowsClients);
        Assert.Equal("Calibrated CWMed", rule.Name);
        var answers = EveryRule.Rows(4, 20, 6, 4);
        var swapped = answers.index_select(1, tensor(new long[] { 1, 0, 2, 3, 4, 5 }));
        Assert.InRange(EveryRule.Distance(rule.Scores(answers), rule.Scores(swapped)), 1e-2, 1);
    }

    [Fact]
    public void Other_clients_or_classes_than_it_was_made_for_are_refused()
    {
        using var scope = NewDisposeScope();
        using var rule = new Calibrated(DrawnCalibration.Of(5, 4), new Mean());
        Assert.Contains(
            "was made for 5 clients, the answers are of 6",
            Assert.Throws<ArgumentException>(() => rule.Scores(EveryRule.Rows(1, 2, 6, 4))).Message
        );
        Assert.Contains(
            "was made for 4 classes, the answers have 3",
            Assert.Throws<ArgumentException>(() => rule.Given(EveryRule.Rows(1, 2, 5, 3), [0])).Message
        );
    }
}
