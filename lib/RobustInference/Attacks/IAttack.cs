using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>A way for the f corrupted clients to answer.</summary>
public interface IAttack
{
    /// <summary>The name in tables.</summary>
    string Name { get; }

    /// <summary>What the attacker must know.</summary>
    AttackAccess Access { get; }

    /// <summary>What a corrupted client sends, in a few words.</summary>
    string Sends { get; }

    /// <summary>Whether <see cref="AttackQuery.Validation"/> must be there.</summary>
    bool NeedsValidation => false;

    /// <summary>Whether its rows are not on the simplex Δ^K, which no client can send: then they are only shown beside
    /// others and never enter a worst case. Rows of every other attack are checked where they are used.</summary>
    bool LeavesSimplex => false;

    /// <summary>What the corrupted clients send.</summary>
    /// <returns>[S, m, K] in the order of <see cref="Probits.ThreatModel.Corrupted"/>; rows in Δ^K where the rule takes
    /// probits, logits where it takes logits: those of an attack that is defined by logits, else
    /// <see cref="AttackQuery.AsInput"/> of its rows.</returns>
    Tensor Corrupt(AttackQuery query);
}
