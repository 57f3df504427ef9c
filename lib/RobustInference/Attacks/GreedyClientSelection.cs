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
        long[] labels = query.Answers.Labels.Integers();
        int samples = query.Samples,
            clients = query.Answers.Clients;
        var target = TargetedClientSelection.ByTarget(query, rank: 1).Target;
        var chosen = empty([samples, 0], ScalarType.Int64, device: query.Device);
        var taken = new bool[samples, clients];
        for (int step = 0; step < query.Corrupted; step++)
        {
            var (best, least) = (new long[samples], new float[samples]);
            Array.Fill(best, -1);
            for (int client = 0; client < clients; client++)
            {
                LongWork.ThrowIfCancelled();
                using var inner = NewDisposeScope();
                // Where the client is taken already the row is written twice, and the outcome is not looked at.
                float[] leads = ScoreMargin.Leads(
                    Chosen.Scores(
                        query,
                        cat([chosen, full([samples, 1], (long)client, ScalarType.Int64, device: query.Device)], 1),
                        target
                    ),
                    labels
                );
                for (int s = 0; s < samples; s++)
                    if (!taken[s, client] && (best[s] < 0 || leads[s] < least[s]))
                        (best[s], least[s]) = (client, leads[s]);
            }
            for (int s = 0; s < samples; s++)
                taken[s, best[s]] = true;
            chosen = cat([chosen, tensor(best, device: query.Device).unsqueeze(1)], 1);
        }
        return chosen.MoveToOuterDisposeScope();
    }
}
