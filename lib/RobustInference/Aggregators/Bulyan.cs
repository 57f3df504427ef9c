using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>Bulyan (El Mhamdi et al., 2018): Krum selects n−2f rows, one after the other and each time among those that
/// are left; then, per class, the n−4f values nearest to the median of the selected ones are averaged.</summary>
/// <remarks>
/// <para>Its authors ask for n ≥ 4f+3; it is defined, and answers, from 4f+1 on.</para>
/// <para>Of rows whose sums tie, the one of the least Σ_k √(k+2)·z_k, k from 0, is taken first; values that tie for the
/// last places share them: so the answer does not depend on the order of the rows.</para>
/// <para>It selects, which a gradient does not see: the backward pass takes it for the mean (BPDA), and the strong
/// suite flags it as it flags <see cref="Krum"/>. No κ, nothing is certified.</para>
/// </remarks>
/// <param name="corrupted">f.</param>
public sealed class Bulyan(int corrupted) : Aggregator
{
    readonly int corrupted = Argument.AtLeast(corrupted, 0);

    public override string Name => "Bulyan";

    public override bool Selects => true;

    /// <exception cref="ArgumentException">n ≤ 4f.</exception>
    /// <inheritdoc/>
    public override Tensor Scores(Tensor answers)
    {
        CheckAnswers(answers, 4L * corrupted + 1);
        using var scope = NewDisposeScope();
        int selected = (int)answers.shape[1] - 2 * corrupted,
            kept = selected - 2 * corrupted;
        var rows = answers.detach().to(ScalarType.Float64);
        var values = rows.masked_fill(Selected(answers, selected).bitwise_not().unsqueeze(2), double.PositiveInfinity)
            .sort(1)
            .Values.narrow(1, 0, selected);
        var median = values.narrow(1, (selected - 1) / 2, 2 - selected % 2).mean([1L], keepdim: true);
        var weights = NearestRows.Smallest((values - median).Size().transpose(1, 2), kept).transpose(1, 2);
        var scores = ((values * weights).sum(1) / kept).to(answers.dtype);
        return Krum.LikeTheMean(scores, answers).MoveToOuterDisposeScope();
    }

    // [B, n] of truth values, `count` of them true for every sample.
    Tensor Selected(Tensor answers, int count)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        int n = (int)answers.shape[1];
        var distances = NearestRows.SquaredDistances(answers);
        var keys = NearestRows.OrderKeys(answers);
        var taken = zeros(answers.shape[..2], dtype: ScalarType.Bool, device: answers.device);
        for (int left = n; left > n - count; left--)
        {
            using var step = NewDisposeScope();
            int neighbours = Math.Max(left - corrupted - 2, 0);
            // The nearest row of each is itself.
            var sums = distances
                .masked_fill(taken.unsqueeze(1), double.PositiveInfinity)
                .sort(-1)
                .Values.narrow(-1, 0, neighbours + 1)
                .sum(-1)
                .masked_fill_(taken, double.PositiveInfinity);
            var least = sums.min(1, keepdim: true).values;
            var next = keys.masked_fill(sums.gt(least + NearestRows.Tie), double.PositiveInfinity)
                .argmin(1, keepdim: true);
            taken.scatter_(1, next, ones_like(next, dtype: ScalarType.Bool));
        }
        return taken.MoveToOuterDisposeScope();
    }
}
