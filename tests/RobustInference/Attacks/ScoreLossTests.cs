using CsCheck;
using RobustInference.Attacks;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Attacks;

public class ScoreLossTests
{
    /// <summary>A loss and its definition in torch's operators: scores [K], label, rival.</summary>
    static readonly Dictionary<string, (IScoreLoss Loss, Func<Tensor, long, long, Tensor> Define)> Losses = new()
    {
        ["margin"] = (new ScoreMargin(), (s, y, r) => s[r] - s[y]),
        ["cross-entropy"] = (new CrossEntropy(), (s, y, _) => -nn.functional.log_softmax(s, 0)[y]),
        ["logits ratio"] = (
            new LogitsRatio(),
            (s, y, r) =>
            {
                var sorted = s.sort(0, descending: true).Values;
                return s.shape[0] < 3 ? s[r] - s[y] : (s[r] - s[y]) / (sorted[0] - sorted[2]);
            }
        ),
    };

    public static TheoryData<string> Names => [.. Losses.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Value_and_gradient_are_those_of_autograd(string name) =>
        Gen.Select(Gen.Int[2, 12], Gen.Double[0.1, 30], Gen.Long[0, 1 << 30])
            .Sample(
                (classes, size, seed) =>
                {
                    using var scope = NewDisposeScope();
                    using var generator = RandomStream.Torch(seed, "test-scores");
                    var scores = (float)size * randn([classes], generator: generator);
                    int label = (int)(seed % classes),
                        rival = ScoreMargin.Rival(scores.Floats(), label);
                    var gradient = new float[classes];
                    float value = Losses[name].Loss.Of(scores.Floats(), label, rival, gradient);

                    var variable = scores.to(ScalarType.Float64).requires_grad_();
                    var plain = Losses[name].Define(variable, label, rival);
                    plain.backward();
                    double exact = plain.ToDouble();
                    Assert.Equal(exact, value, 1e-4 * Math.Max(1, Math.Abs(exact)));
                    double[] expected = variable.grad!.data<double>().ToArray();
                    for (int k = 0; k < classes; k++)
                        Assert.Equal(expected[k], gradient[k], 2e-4 * Math.Max(1, Math.Abs(expected.Max(Math.Abs))));
                },
                iter: 150
            );

    [Theory]
    [InlineData("margin", -2), InlineData("logits ratio", -2.0 / 3), InlineData("cross-entropy", 0.170615)]
    public void By_hand(string name, double expected)
    {
        // Scores 3, 1, 0, −4 of label 0: margin 1 − 3, ratio −2 / (3 − 0), log(1 + e⁻² + e⁻³ + e⁻⁷).
        Assert.Equal(expected, Losses[name].Loss.Of([3, 1, 0, -4], 0, 1, new float[4]), 1e-6);
    }

    [Fact]
    public void A_label_that_is_all_but_certain_still_has_a_gradient()
    {
        // Its probability rounds to 1 and a loss on clamped probabilities would be flat.
        var gradient = new float[3];
        new CrossEntropy().Of([60, 0, -1], 0, 1, gradient);
        Assert.True(gradient[0] < 0 && gradient[1] > gradient[2] && gradient[2] > 0);
    }

    [Fact]
    public void Equal_scores_and_two_classes_have_a_finite_ratio()
    {
        var gradient = new float[3];
        Assert.Equal(0, new LogitsRatio().Of([0, 0, 0], 1, 0, gradient));
        Assert.All(gradient, slope => Assert.True(float.IsFinite(slope)));
        Assert.Equal(-0.5f, new LogitsRatio().Of([0.75f, 0.25f], 0, 1, new float[2]));
    }

    [Fact]
    public void The_ratio_changes_neither_with_a_shift_nor_with_a_scale()
    {
        float[] scores = [2, 0.5f, -1, 1],
            moved = [.. scores.Select(s => 100 * s + 7)];
        Assert.Equal(
            new LogitsRatio().Of(scores, 0, 3, new float[4]),
            new LogitsRatio().Of(moved, 0, 3, new float[4]),
            1e-5
        );
    }

    [Fact]
    public void A_lead_is_that_over_the_best_other_class_and_nothing_leads_a_NaN()
    {
        using var scores = tensor(new float[] { 3, 1, 2, 3, 1, 2, 1, 1, 0, 1, float.NaN, 0, float.NaN, 0, 0 }, [5, 3]);
        using var labels = tensor(new long[] { 0, 1, 0, 0, 0 });
        float[] expected = [1, -2, 0, float.NegativeInfinity, float.NegativeInfinity];
        Assert.Equal(expected, ScoreMargin.Leads(scores, labels).Floats().ToArray());
    }

    /// <summary>What a GPU does, on the processor: equal to the last bit.</summary>
    [Fact]
    public void Leads_in_torchs_operators_are_those_of_the_loop()
    {
        using var scope = NewDisposeScope();
        float[] odd =
        [
            0,
            -0f,
            1,
            1,
            -1,
            0.5f,
            float.NaN,
            float.PositiveInfinity,
            float.NegativeInfinity,
            float.MaxValue,
        ];
        var random = new Random(1);
        for (int classes = 2; classes < 7; classes++)
        {
            var values = new float[400 * classes];
            for (int i = 0; i < values.Length; i++)
                values[i] = i < values.Length / 2 ? random.NextSingle() : odd[random.Next(odd.Length)];
            Tensor scores = tensor(values, [400, classes]),
                labels = tensor([.. Enumerable.Range(0, 400).Select(_ => (long)random.Next(classes))]);
            Assert.Equal(
                ScoreMargin.Leads(scores, labels).Floats().ToArray(),
                ScoreMargin.InTorch(scores, labels).Floats().ToArray()
            );
        }
    }
}
