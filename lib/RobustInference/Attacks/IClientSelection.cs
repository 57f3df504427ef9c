using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>A way for an adversary that may pick any f of the n clients to pick them, per sample.</summary>
public interface IClientSelection
{
    /// <summary>The name in reports.</summary>
    string Name { get; }

    /// <summary>Picks clients.</summary>
    /// <param name="query">What is attacked; of its threat model only f counts.</param>
    /// <returns>[S, f] int64, different positions in a row.</returns>
    Tensor Choose(AttackQuery query);
}
