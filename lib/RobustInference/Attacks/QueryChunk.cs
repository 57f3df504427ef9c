using RobustInference.Aggregators;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>Some samples of an <see cref="AttackQuery"/> in a row, the rule conditioned on their honest answers: what
/// an attack that asks the rule many times works on.</summary>
/// <param name="Query">The whole.</param>
/// <param name="Given">The rule as a function of the corrupted rows of these samples.</param>
/// <param name="From">Place of the first in the query.</param>
public sealed record QueryChunk(AttackQuery Query, ConditionedAggregator Given, int From)
{
    const int Most = 500;

    public int Samples => Given.Samples;

    /// <summary>m.</summary>
    public int Corrupted => Query.Corrupted;

    /// <summary>K.</summary>
    public int Classes => Query.Classes;

    /// <summary>What the clients answer, [B, n, K].</summary>
    public Tensor Answers => Query.Input.narrow(0, From, Samples);

    /// <summary>Their labels, [B].</summary>
    public Tensor Labels => Query.Answers.Labels.narrow(0, From, Samples);

    /// <summary>Where the work is done.</summary>
    public Device Device => Query.Device;

    /// <summary>Corrupts chunk after chunk, outside of autograd.</summary>
    /// <param name="query">What is attacked.</param>
    /// <param name="gradient">What the backward pass does at a sort.</param>
    /// <param name="corrupt">What the corrupted clients of a chunk send, [B, m, K].</param>
    /// <returns>[S, m, K].</returns>
    public static Tensor Corrupt(AttackQuery query, SortGradient gradient, Func<QueryChunk, Tensor> corrupt)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var sent = zeros(query.Samples, query.Corrupted, query.Classes, device: query.Device);
        for (int from = 0; query.Corrupted > 0 && from < query.Samples; from += Most)
        {
            LongWork.ThrowIfCancelled();
            using var inner = NewDisposeScope();
            int count = Math.Min(Most, query.Samples - from);
            using var given = query.Rule.Given(query.Input.narrow(0, from, count), query.Threat.Corrupted, gradient);
            sent.narrow(0, from, count).copy_(corrupt(new QueryChunk(query, given, from)));
        }
        return sent.MoveToOuterDisposeScope();
    }
}
