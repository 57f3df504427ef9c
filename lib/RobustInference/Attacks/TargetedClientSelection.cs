using RobustInference.Aggregators;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>For a class k, the f clients with the greatest z_iy − z_ik, who cost the label most when they send k; of
/// all k one of those under which the label then leads least.</summary>
/// <remarks>For the plain mean this is the exact worst choice: replacing row i by a one-hot of k changes n·(s_y − s_k)
/// by −(z_iy − z_ik) − 1.</remarks>
/// <param name="rank">1 for the k under which the label leads least, 2 for the next.</param>
public sealed class TargetedClientSelection(int rank = 1) : IClientSelection
{
    readonly int rank = Argument.AtLeast(rank, 1);

    public string Name => $"supporters against class {rank}";

    public Tensor Choose(AttackQuery query)
    {
        using var scope = NewDisposeScope();
        return ByTarget(query, rank).Clients.MoveToOuterDisposeScope();
    }

    /// <summary>The clients and the class that they should send.</summary>
    /// <returns>[S, f] positions and [S] classes.</returns>
    public static (Tensor Clients, Tensor Target) ByTarget(AttackQuery query, int rank)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var labels = query.Answers.Labels;
        int samples = query.Samples,
            classes = query.Classes;
        var own = query.Input.gather(2, labels.view(-1, 1, 1).expand(-1, query.Answers.Clients, 1));
        var order = (own - query.Input).Greatest(query.Corrupted, 1); // [S, f, K]
        var leads = empty([samples, classes], device: query.Device);
        for (int k = 0; k < classes; k++)
        {
            using var inner = NewDisposeScope();
            var scores = Chosen.Scores(query, order.select(2, k), full_like(labels, k));
            leads.select(1, k).copy_(ScoreMargin.Leads(scores, labels));
        }
        var target = ScoreMargin
            .OfTargets(leads, labels)
            .Ascending(1)
            .select(1, Math.Min(rank, classes - 1) - 1)
            .contiguous();
        var clients = order.gather(2, target.view(-1, 1, 1).expand(-1, query.Corrupted, 1)).squeeze(2);
        return (clients.MoveToOuterDisposeScope(), target.MoveToOuterDisposeScope());
    }
}
