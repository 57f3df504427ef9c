using RobustInference.Aggregators;
using RobustInference.Networks;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>Impersonation: all corrupted clients copy the honest client that is farthest from the other honest ones, by
/// the sum of L2 distances. An extra of the authors' code; not in a worst case.</summary>
public sealed class Impersonation : IAttack
{
    public string Name => "Impersonation";

    public AttackAccess Access => AttackAccess.WhiteBox;

    public string Sends => "a copy of the honest client farthest from the others";

    public Tensor Corrupt(AttackQuery query)
    {
        using var scope = NewDisposeScope();
        var honest = Rows.Without(query.Input, query.Threat.Corrupted);
        // Squares of greater logits would overflow.
        var near = honest.clamp(-CopurNetwork.GreatestLogit, CopurNetwork.GreatestLogit);
        var farthest = cdist(near, near).sum(2).argmax(1);
        var index = farthest.view(-1, 1, 1).expand(-1, query.Corrupted, query.Classes);
        return honest.gather(1, index).MoveToOuterDisposeScope();
    }
}
