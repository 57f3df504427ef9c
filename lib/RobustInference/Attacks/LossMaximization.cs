using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>The loss maximization attack: all corrupted clients send the class that the rule, on the uncorrupted
/// answers, finds least likely (paper, Table 4). Of equal scores the first class.</summary>
public sealed class LossMaximization : IAttack
{
    public string Name => "LMA";

    public AttackAccess Access => AttackAccess.WhiteBox;

    public string Sends => "one-hot of the class that the aggregator finds least likely";

    public Tensor Corrupt(AttackQuery query)
    {
        using var scope = NewDisposeScope();
        return query
            .AsInput(OneHot.Agreed(query.CleanScores.argmin(1), query.Corrupted, query.Classes))
            .MoveToOuterDisposeScope();
    }
}
