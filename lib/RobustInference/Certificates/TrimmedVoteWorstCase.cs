using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Certificates;

/// <summary>The exact worst case of a trimmed vote.</summary>
/// <remarks>Let y be the label, k another class, v_c the votes for c and g(v) = min(max(v−t, 0), n−2t), which grows or
/// stays with v. So s_y − s_k is least where v_y is least and v_k greatest, and one choice of the corrupted clients is
/// best for both: <i>fixed</i>, all f vote for k beside the honest votes; <i>any</i>, voters for y turn to k first,
/// then voters for neither: v_y falls by min(f, v_y), v_k rises by min(f, n − v_k).</remarks>
/// <param name="trim">t.</param>
public sealed class TrimmedVoteWorstCase(int trim) : ICertificate
{
    readonly int trim = Argument.AtLeast(trim, 0);

    public string Name => "exact";

    public bool IsExact => true;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">n ≤ 2t, or the threat model has another number of clients.</exception>
    public Tensor Margins(ProbitSet answers, Adversary adversary, ThreatModel threat)
    {
        threat.CheckFits(answers);
        int n = answers.Clients,
            f = threat.Count,
            kept = n - 2 * trim;
        if (kept < 1)
            throw new ArgumentException($"{n} clients are too few for a trim of {trim}");
        int[] votes = answers.Votes;
        long[] labels = answers.Labels.Integers();
        int[] counted =
        [
            .. Enumerable.Range(0, n).Where(client => adversary == Adversary.Any || !threat.Corrupted.Contains(client)),
        ];
        var margins = new double[labels.Length];
        var count = new int[answers.Classes];
        for (int s = 0; s < labels.Length; s++)
        {
            Array.Clear(count);
            foreach (int client in counted)
                count[votes[s * n + client]]++;
            bool any = adversary == Adversary.Any;
            int own = count[labels[s]],
                least = int.MaxValue;
            own -= any ? Math.Min(f, own) : 0;
            for (int k = 0; k < count.Length; k++)
                if (k != labels[s])
                    least = Math.Min(least, Kept(own) - Kept(count[k] + (any ? Math.Min(f, n - count[k]) : f)));
            margins[s] = (double)least / kept;
        }
        return tensor(margins);

        int Kept(int votesForClass) => Math.Clamp(votesForClass - trim, 0, kept);
    }
}
