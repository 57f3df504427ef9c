using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>All corrupted clients send one and the same class: each of the K−1 others is tried, and the one kept under
/// which the label leads least.</summary>
/// <remarks>For a monotone static rule this is the exact worst case of a fixed set of corrupted clients: see
/// <see cref="Aggregators.Aggregator.IsMonotone"/>.</remarks>
public sealed class AllTargets : IAttack
{
    public string Name => "Every target";

    public AttackAccess Access => AttackAccess.WhiteBox;

    public string Sends => "one-hot of the class, out of all but the label, that serves best";

    public Tensor Corrupt(AttackQuery query) =>
        QueryChunk.Corrupt(
            query,
            SortGradient.Mean,
            chunk =>
            {
                using var best = Ranked(chunk, 1);
                return OneHot.Agreed(best.select(1, 0), chunk.Corrupted, chunk.Classes);
            }
        );

    /// <summary>The targets under which the label leads least when all corrupted clients agree on one, best
    /// first.</summary>
    /// <param name="chunk">The samples.</param>
    /// <param name="count">How many, at most K−1.</param>
    /// <returns>[B, count] int64.</returns>
    public static Tensor Ranked(QueryChunk chunk, int count)
    {
        using var scope = NewDisposeScope();
        var labels = chunk.Labels;
        var leads = empty([chunk.Samples, chunk.Classes], device: chunk.Device);
        for (int target = 0; target < chunk.Classes; target++)
        {
            LongWork.ThrowIfCancelled();
            using var inner = NewDisposeScope();
            var rows = OneHot.Agreed(
                full([chunk.Samples], (long)target, ScalarType.Int64, device: chunk.Device),
                chunk.Corrupted,
                chunk.Classes
            );
            leads.select(1, target).copy_(ScoreMargin.Leads(chunk.Given.Scores(rows), labels));
        }
        return ScoreMargin
            .OfTargets(leads, labels)
            .Ascending(1)
            .narrow(1, 0, count)
            .contiguous()
            .MoveToOuterDisposeScope();
    }
}
