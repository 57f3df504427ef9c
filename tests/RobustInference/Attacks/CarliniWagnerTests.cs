using CsCheck;
using RobustInference.Aggregators;
using RobustInference.Attacks;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Attacks;

public class CarliniWagnerTests
{
    [Theory]
    // 0.5 against 0.3, confidence 0.1: −0.3. Behind by 0.05: −0.05. Behind by more than 0.1: zero.
    [
        InlineData(new[] { 0.5f, 0.3f, 0.2f }, 0, -0.3),
        InlineData(new[] { 0.45f, 0.4f, 0.15f }, 1, -0.05),
        InlineData(new[] { 0.5f, 0.3f, 0.2f }, 2, 0)
    ]
    public void The_loss_by_hand(float[] p, int label, double expected)
    {
        using var loss = new CarliniWagner(ScoreScale.Weights).Loss(tensor(p, [1, 3]), tensor(new long[] { label }));
        Assert.Equal(expected, loss.item<float>(), 1e-6);
    }

    [Fact]
    public void The_written_gradient_is_that_of_autograd() =>
        Gen.Select(Gen.Int[1, 6], Gen.Int[2, 12], Gen.Bool, Gen.Long[0, 1 << 30])
            .Sample(
                (samples, classes, isNetwork, seed) =>
                {
                    using var scope = NewDisposeScope();
                    using var generator = global::RobustInference.Numerics.RandomStream.Torch(seed, "test-scores");
                    var scale = isNetwork ? ScoreScale.Logits : ScoreScale.Weights;
                    var scores = isNetwork
                        ? randn([samples, classes], generator: generator)
                        : rand([samples, classes], generator: generator) * 0.7f;
                    var labels = randint(0, classes, [samples], generator: generator);
                    var loss = new CarliniWagner(scale);
                    var active = new bool[samples];
                    var got = loss.Gradient(scores, [.. labels.data<long>().ToArray().Select(y => (int)y)], active);

                    var variable = scores.to(ScalarType.Float64).requires_grad_();
                    var p = isNetwork
                        ? nn.functional.softmax(variable, -1)
                        : variable / variable.sum(-1, keepdim: true);
                    var right = p.gather(1, labels.unsqueeze(1)).squeeze(1);
                    var rival = p.scatter(1, labels.unsqueeze(1), full([samples, 1], -1.0, dtype: ScalarType.Float64))
                        .max(1)
                        .values;
                    var plain = -(right - rival + 0.1).clamp_min(0);
                    plain.sum().backward();
                    Assert.InRange((variable.grad! - got).abs().max().ToDouble(), 0, 2e-5);
                    Assert.InRange(
                        (loss.Loss(p.to(ScalarType.Float32), labels) - plain).abs().max().ToDouble(),
                        0,
                        1e-6
                    );
                    for (int s = 0; s < samples; s++)
                        Assert.Equal(plain[s].ToDouble() < 0, active[s]);
                },
                iter: 150
            );

    [Fact]
    public void Scores_that_are_all_zero_have_a_finite_gradient()
    {
        var active = new bool[1];
        using var gradient = new CarliniWagner(ScoreScale.Weights).Gradient(zeros(1, 3), [1], active);
        Assert.True(active[0]);
        Assert.True(gradient.isfinite().all().ToBoolean());
        Assert.True(gradient[0, 1].ToSingle() < 0);
    }
}
