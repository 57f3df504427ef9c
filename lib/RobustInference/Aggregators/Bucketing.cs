using RobustInference.Numerics;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>Bucketing before another rule (Karimireddy et al., 2022): rows are dealt into ⌈n/s⌉ buckets, and the rule
/// gets their means, of which at most f hold a corrupted row.</summary>
/// <remarks>
/// <para>Its authors deal at random, so that unlike rows meet. Here the answer must depend on nothing but the rows:
/// they are ordered by one number each, Σ_k √(k+2)·z_k with k from 0, and dealt in turns, so that those that are far
/// apart in this order meet.</para>
/// <para>No κ: the bound of the authors is one over the random deal. Nothing is certified.</para>
/// </remarks>
/// <param name="rule">A rule over probits that does not know its clients, for f corrupted of ⌈n/s⌉ rows; owned from
/// here on.</param>
/// <param name="size">s, the most rows of a bucket, at least 1.</param>
public sealed class Bucketing(Aggregator rule, int size = 2) : MixingAggregator(rule)
{
    readonly int size = Argument.AtLeast(size, 1);

    public override string Name => $"Bucketing + {Rule.Name}";

    protected override MixingAggregator With(Aggregator other) => new Bucketing(other, size);

    protected override Tensor Mixed(Tensor answers)
    {
        int n = (int)answers.shape[1],
            buckets = (n + size - 1) / size;
        // Place p of the order goes to bucket p mod ⌈n/s⌉.
        var bucketOfPlace = arange(n, device: answers.device).remainder(buckets);
        var dealt = nn.functional.one_hot(bucketOfPlace, buckets).t().to(answers.dtype);
        var shares = dealt / dealt.sum(1, keepdim: true);
        var places = NearestRows.OrderKeys(answers).Ascending(1).argsort(1);
        // [B, buckets, n]: the share of each row in each bucket.
        var weights = shares.t()[places].transpose(1, 2);
        return weights.bmm(answers);
    }
}
