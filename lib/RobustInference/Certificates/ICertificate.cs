using RobustInference.Probits;
using static TorchSharp.torch;

namespace RobustInference.Certificates;

/// <summary>What holds for a rule against every attack of a threat model, sample by sample.</summary>
public interface ICertificate
{
    /// <summary>How tables call it: exact, Theorem 1, latent box.</summary>
    string Name { get; }

    /// <summary>Whether the margins are the worst case itself and not only a lower bound.</summary>
    bool IsExact { get; }

    /// <summary>Lower bounds of the least margin s_y − max_{k≠y} s_k of the label over Γ_f.</summary>
    /// <param name="answers">Uncorrupted answers of all n clients, with labels.</param>
    /// <param name="adversary">Who picks the corrupted clients.</param>
    /// <param name="threat">The set for <see cref="Adversary.Fixed"/>; only its f for
    /// <see cref="Adversary.Any"/>.</param>
    /// <returns>[S] float64; a sample is certified where it is positive (a tie counts as lost), −∞ where nothing is
    /// known.</returns>
    Tensor Margins(ProbitSet answers, Adversary adversary, ThreatModel threat);
}
