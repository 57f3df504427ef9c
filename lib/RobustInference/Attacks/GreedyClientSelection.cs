using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>One client after the other: each time the one whose change to the target makes the label lead least, the
/// target being that of <see cref="TargetedClientSelection"/>.</summary>
public sealed class GreedyClientSelection : IClientSelection
{
    public string Name => "greedy";

    public Tensor Choose(AttackQuery query)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var labels = query.Answers.Labels;
        int samples = query.Samples,
            clients = query.Answers.Clients;
        var target = TargetedClientSelection.ByTarget(query, rank: 1).Target;
        var chosen = empty([samples, 0], ScalarType.Int64, device: query.Device);
        var taken = zeros([samples, clients], ScalarType.Bool, device: query.Device);
        for (int step = 0; step < query.Corrupted; step++)
        {
            var leads = empty([samples, clients], device: query.Device);
            for (int client = 0; client < clients; client++)
            {
                LongWork.ThrowIfCancelled();
                using var inner = NewDisposeScope();
                // Where the client is taken already the row is written twice, and the outcome is not looked at.
                var tried = cat([chosen, full([samples, 1], (long)client, ScalarType.Int64, device: query.Device)], 1);
                leads.select(1, client).copy_(ScoreMargin.Leads(Chosen.Scores(query, tried, target), labels));
            }
            // A client that is taken comes after all others; of equal leads the first client's counts.
            var best = leads
                .clamp_max_(float.MaxValue)
                .masked_fill_(taken, double.PositiveInfinity)
                .argmin(1, keepdim: true);
            taken.scatter_(1, best, ones_like(best, dtype: ScalarType.Bool));
            chosen = cat([chosen, best], 1);
        }
        return chosen.MoveToOuterDisposeScope();
    }
}
