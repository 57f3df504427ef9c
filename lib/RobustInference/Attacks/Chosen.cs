using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>Corrupted clients that may differ from sample to sample.</summary>
public static class Chosen
{
    const int Chunk = 500;

    /// <summary>The rule's scores when the chosen clients of every sample send its target.</summary>
    /// <param name="query">What is attacked.</param>
    /// <param name="clients">[S, c] positions, in any number.</param>
    /// <param name="target">[S] classes.</param>
    /// <returns>[S, K].</returns>
    public static Tensor Scores(AttackQuery query, Tensor clients, Tensor target)
    {
        using var scope = NewDisposeScope();
        var rows = OneHot.Agreed(target, (int)clients.shape[1], query.Classes);
        var at = clients.unsqueeze(2).expand(rows.shape);
        var parts = new List<Tensor>();
        for (int from = 0; from < query.Samples; from += Chunk)
        {
            LongWork.ThrowIfCancelled();
            int count = Math.Min(Chunk, query.Samples - from);
            using var replaced = query
                .Input.narrow(0, from, count)
                .scatter(1, at.narrow(0, from, count), rows.narrow(0, from, count));
            parts.Add(query.Rule.Scores(replaced));
        }
        return cat(parts).MoveToOuterDisposeScope();
    }

    /// <summary>For every sample the chosen clients first and then the others in their order.</summary>
    /// <param name="clients">[S, f].</param>
    /// <param name="count">n.</param>
    /// <returns>[S, n].</returns>
    public static Tensor First(Tensor clients, int count)
    {
        using var scope = NewDisposeScope();
        var places = arange(count, ScalarType.Int64, device: clients.device).expand(clients.shape[0], count);
        return places
            .scatter(1, clients, places.narrow(1, 0, clients.shape[1]) - count)
            .argsort(1)
            .MoveToOuterDisposeScope();
    }
}
