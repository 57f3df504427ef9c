using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>Krum (Blanchard et al., 2017): the row whose n−f−2 nearest other rows are nearest in sum of squared
/// distances.</summary>
/// <remarks>
/// <para>Rows that tie share the place: the answer does not depend on the order of the rows. Fewer than one neighbour
/// (n ≤ f+2) leaves all tied, which is the mean.</para>
/// <para>(f, κ)-robust with κ = 6(n−f)/(n−2f−1) for n &gt; 2f+1, by the argument of Allouah et al. (2023), who sum over
/// one row more: for n−f rows S with mean x̄ the least sum is at most 2Σ_S‖x_j − x̄‖², and of its n−f−1 rows, itself
/// among them, at least n−2f−1 are of S, so that the squared distance to x̄ is at most 2/(n−2f−1) times three of these
/// sums. An average of rows that tie is no further than the furthest of them. Nothing else is certified.</para>
/// <para>It jumps from row to row, which a gradient does not see: attacks by scores alone can find what ascents miss,
/// which the strong suite flags. So what it leaves is an upper bound, as for every rule without a certificate.</para>
/// </remarks>
/// <param name="corrupted">f.</param>
public sealed class Krum(int corrupted) : Aggregator
{
    readonly int corrupted = Argument.AtLeast(corrupted, 0);

    public override string Name => "Krum";

    public override bool Selects => true;

    public override double? Kappa(int clients, int f) =>
        f == corrupted && clients > 2 * f + 1 && clients > f + 2 ? 6.0 * (clients - f) / (clients - 2 * f - 1) : null;

    public override Tensor Scores(Tensor answers)
    {
        CheckAnswers(answers);
        return Selected(answers, corrupted, 1);
    }

    /// <summary>The same values with the gradient of the mean: a row that is not selected has none of its own, which
    /// would hide the rule from attacks (BPDA).</summary>
    internal static Tensor LikeTheMean(Tensor scores, Tensor answers)
    {
        if (!answers.requires_grad)
            return scores;
        var mean = answers.mean([1L]);
        return scores.detach() + (mean - mean.detach());
    }

    /// <summary>The mean of the rows with the least sums of squared distances.</summary>
    /// <param name="answers">[B, n, K].</param>
    /// <param name="corrupted">f.</param>
    /// <param name="count">How many, 1…n.</param>
    /// <returns>[B, K].</returns>
    internal static Tensor Selected(Tensor answers, int corrupted, int count)
    {
        using var scope = NewDisposeScope();
        int n = (int)answers.shape[1],
            neighbours = Math.Clamp(n - corrupted - 2, 0, n - 1);
        // The nearest row of each is itself.
        var sums = NearestRows.SquaredDistances(answers).sort(-1).Values.narrow(-1, 0, neighbours + 1).sum(-1);
        var weights = NearestRows.Smallest(sums, count).to(answers.dtype).unsqueeze(-1);
        return LikeTheMean((answers.detach() * weights).sum(1) / count, answers).MoveToOuterDisposeScope();
    }
}
