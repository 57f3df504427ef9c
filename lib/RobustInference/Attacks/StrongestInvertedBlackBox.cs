using RobustInference.Aggregators;
using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>The strongest inverted attack, black box: each corrupted client sends a one-hot of its own second most
/// probable class (paper, Table 4).</summary>
public sealed class StrongestInvertedBlackBox : IAttack
{
    public string Name => "SIA-bb";

    public AttackAccess Access => AttackAccess.BlackBox;

    public string Sends => "one-hot of its own second most probable class";

    public Tensor Corrupt(AttackQuery query)
    {
        using var scope = NewDisposeScope();
        var second = Rows.Of(query.Answers.Probits, query.Threat.Corrupted).Greatest(2, -1).select(-1, 1);
        return query.AsInput(OneHot.Rows(second, query.Classes)).MoveToOuterDisposeScope();
    }
}
