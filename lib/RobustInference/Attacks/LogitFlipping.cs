using RobustInference.Aggregators;
using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>Logit flipping: each corrupted client sends softmax(−a · its own logits) (paper, Table 4); to a rule over
/// logits −a · its own logits.</summary>
/// <param name="amplification">a: 2 in the tables, 1…16 in Figure 2.</param>
public sealed class LogitFlipping(double amplification = 2) : IAttack
{
    readonly double amplification = Argument.Positive(amplification);

    public string Name => "Logit flipping";

    public AttackAccess Access => AttackAccess.BlackBox;

    public string Sends => FormattableString.Invariant($"softmax of minus {amplification} times its own logits");

    public Tensor Corrupt(AttackQuery query)
    {
        using var scope = NewDisposeScope();
        // In double precision and below the greatest before anything else: a times a logit may be no float any more.
        var flipped = Rows.Of(query.Answers.Logits, query.Threat.Corrupted).to(ScalarType.Float64).mul_(-amplification);
        return (
            query.Rule.Input == AnswerSpace.Logits
                ? flipped.clamp_(-float.MaxValue, float.MaxValue).to(ScalarType.Float32)
                : nn.functional.softmax((flipped - flipped.amax([-1L], keepdim: true)).to(ScalarType.Float32), -1)
        ).MoveToOuterDisposeScope();
    }
}
