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

    /// <summary>Per sample, whether the least margin is positive: what <see cref="Margins"/> says, or what a
    /// certificate can tell in less time.</summary>
    /// <inheritdoc cref="Margins" path="/param"/>
    bool[] ArePositive(ProbitSet answers, Adversary adversary, ThreatModel threat)
    {
        using var margins = Margins(answers, adversary, threat);
        return [.. margins.data<double>().ToArray().Select(margin => margin > 0)];
    }

    /// <summary>Whether several fixed sets at once cost less than one after the other.</summary>
    bool SharesSets => false;

    /// <summary>As <see cref="ArePositive(ProbitSet, Adversary, ThreatModel)"/> for several fixed sets: a certificate
    /// that <see cref="SharesSets"/> works out once what does not depend on the set.</summary>
    /// <param name="answers">Uncorrupted answers of all n clients, with labels.</param>
    /// <param name="sets">The fixed sets.</param>
    /// <returns>Per set, per sample.</returns>
    IReadOnlyList<bool[]> ArePositive(ProbitSet answers, IReadOnlyList<ThreatModel> sets) =>
        [.. sets.Select(set => ArePositive(answers, Adversary.Fixed, set))];

    /// <summary>Per sample the greatest r such that the label of <paramref name="answers"/> is the answer of every
    /// input that differs in at most r rows, whichever; −1 where it is not even certified for the rows as they are,
    /// which is so for wrong answers and ties.</summary>
    /// <param name="answers">The rows as received, labelled with the answers whose radius is wanted.</param>
    /// <param name="most">The greatest radius that is asked for, less than n/2.</param>
    int[] Radii(ProbitSet answers, int most)
    {
        var radii = new int[answers.Samples];
        Array.Fill(radii, -1);
        // What r corrupted clients can change, more can: only the others are asked again.
        int[] standing = [.. Enumerable.Range(0, answers.Samples)];
        for (int r = 0; r <= most && standing.Length > 0; r++)
        {
            using var rest = answers.Select([.. standing.Select(s => (long)s)]);
            var threat = new ThreatModel(answers.Clients, Enumerable.Range(0, r));
            bool[] certified = this.Certified(rest, Adversary.Any, threat);
            standing = [.. standing.Where((_, i) => certified[i])];
            foreach (int s in standing)
                radii[s] = r;
        }
        return radii;
    }
}
