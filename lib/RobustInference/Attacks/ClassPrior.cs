using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>The class prior attack: all corrupted clients send the class least similar to the rule's answer ŷ on the
/// uncorrupted answers, argmin_j S[ŷ, j] (paper, Table 4).</summary>
/// <remarks>S = (1/N)·Pᵀ·P over the rule's centred class probabilities on the server's validation data. The authors'
/// code never calls the function that computes S, so the choice of model (the attacked rule itself) and data is this
/// project's.</remarks>
public sealed class ClassPrior : IAttack
{
    public string Name => "CPA";

    public AttackAccess Access => AttackAccess.WhiteBox;

    public string Sends => "one-hot of the class least similar to the aggregator’s answer";

    public bool NeedsValidation => true;

    public Tensor Corrupt(AttackQuery query)
    {
        using var scope = NewDisposeScope();
        var farthest = query.Similarity.argmin(1).Take(0, query.CleanScores.argmax(1));
        return query.AsInput(OneHot.Agreed(farthest, query.Corrupted, query.Classes)).MoveToOuterDisposeScope();
    }
}
