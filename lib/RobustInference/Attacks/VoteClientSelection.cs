using RobustInference.Aggregators;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>Against a rule with votes (<see cref="IClientVotes"/>): for each target the f clients whose corruption
/// takes most off the label's lead, their honest share and what <see cref="VoteRows"/> found together; of all targets
/// the one under which the label leads least.
/// Where votes are added up, no other f clients do more with these rows.</summary>
/// <param name="rows">What each client can send.</param>
public sealed class VoteClientSelection(VoteRows rows) : IClientSelection
{
    public string Name => "greatest losses";

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The rule has no votes.</exception>
    public Tensor Choose(AttackQuery query)
    {
        if (query.Rule is not IClientVotes vote)
            throw new ArgumentException($"{query.Rule.Name} has no votes, which this choice is made for");
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var labels = query.Answers.Labels;
        var votes = vote.Votes(query.Input).to(ScalarType.Float64);
        var bias = vote.Bias();
        var own = labels.view(-1, 1, 1);
        var leads = votes.gather(2, own.expand(-1, votes.shape[1], 1)) - votes; // [S, n, t]
        var losses = leads + rows.Gains.Take(1, labels).transpose(0, 1);
        var clients = losses.Greatest(query.Corrupted, 1); // [S, f, t]
        var left = leads.sum(1) + bias.Take(0, labels).unsqueeze(1) - bias - losses.gather(1, clients).sum(1);
        var target = left.scatter(
                1,
                own.squeeze(2),
                full_like(own.squeeze(2), float.PositiveInfinity, ScalarType.Float64)
            )
            .argmin(1);
        return clients
            .gather(2, target.view(-1, 1, 1).expand(-1, query.Corrupted, 1))
            .squeeze(2)
            .MoveToOuterDisposeScope();
    }
}
