using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Certificates;

/// <summary>The exact worst case of a plurality vote.</summary>
/// <remarks>Let y be the label, k another class and v_c the votes for c. A corrupted client casts one vote, and no
/// vote serves k against y better than one for k.
/// <para><i>Fixed</i>: with the honest votes counted alone, the least v_y − v_k is v_y − v_k − f: each of the f votes
/// lowers the difference by 1, and no vote by more.</para>
/// <para><i>Any</i>: corrupting a client lowers v_y − v_k by 2 if it voted for y, by 1 if for neither, by 0 if for k.
/// So the adversary takes voters for y first, then others: the f largest of n such gains, and their sum cannot be
/// exceeded, since the gains of different clients do not depend on each other.</para>
/// </remarks>
public sealed class PluralityWorstCase : ICertificate
{
    public string Name => "exact";

    public bool IsExact => true;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The threat model has another number of clients.</exception>
    public Tensor Margins(ProbitSet answers, Adversary adversary, ThreatModel threat)
    {
        threat.CheckFits(answers);
        int[] votes = answers.Votes;
        long[] labels = answers.Labels.Integers();
        int n = answers.Clients,
            f = threat.Count;
        bool[] counted =
        [
            .. Enumerable
                .Range(0, n)
                .Select(client => adversary == Adversary.Any || !threat.Corrupted.Contains(client)),
        ];
        var margins = new double[labels.Length];
        var count = new int[answers.Classes];
        for (int s = 0; s < labels.Length; s++)
        {
            Array.Clear(count);
            for (int client = 0; client < n; client++)
                if (counted[client])
                    count[votes[s * n + client]]++;
            int own = count[labels[s]],
                least = int.MaxValue;
            for (int k = 0; k < count.Length; k++)
                if (k != labels[s])
                    least = Math.Min(
                        least,
                        own
                            - count[k]
                            - (adversary == Adversary.Fixed ? f : Math.Min(f, own) + Math.Min(f, n - count[k]))
                    );
            margins[s] = (double)least / n;
        }
        return tensor(margins);
    }
}
