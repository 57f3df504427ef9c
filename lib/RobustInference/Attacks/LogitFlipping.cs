using RobustInference.Aggregators;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>Logit flipping: each corrupted client sends softmax(−a · its own logits) (paper, Table 4); to a rule over
/// logits −a · its own logits.</summary>
/// <param name="amplification">a: 2 in the tables, 1…16 in Figure 2.</param>
public sealed class LogitFlipping(double amplification = 2) : IAttack
{
    public string Name => "Logit flipping";

    public AttackAccess Access => AttackAccess.BlackBox;

    public string Sends => FormattableString.Invariant($"softmax of minus {amplification} times its own logits");

    public Tensor Corrupt(AttackQuery query)
    {
        using var scope = NewDisposeScope();
        var flipped = Rows.Of(query.Answers.Logits, query.Threat.Corrupted).mul_(-amplification);
        return (
            query.Rule.Input == AnswerSpace.Logits ? flipped : nn.functional.softmax(flipped, -1)
        ).MoveToOuterDisposeScope();
    }
}
