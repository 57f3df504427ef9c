using RobustInference.Aggregators;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>Against a rule with votes (<see cref="IClientVotes"/>): every liar sends the row that favours the
/// target over the label most (<see cref="VoteRows"/>); each target is tried, and the one kept under which the label
/// leads least.</summary>
/// <remarks>Against <see cref="CertifiedVote"/> as strong as the certificate where a row exists that moves a liar's
/// whole vote to the target.</remarks>
/// <param name="rows">What each client can send.</param>
public sealed class BestVotes(VoteRows rows) : IAttack
{
    public string Name => "Best votes";

    public AttackAccess Access => AttackAccess.WhiteBox;

    public string Sends => "the row whose vote serves the best target most";

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The rule has no votes.</exception>
    public Tensor Corrupt(AttackQuery query)
    {
        if (query.Rule is not IClientVotes)
            throw new ArgumentException($"{query.Rule.Name} has no votes, which {Name} is made for");
        return QueryChunk.Corrupt(
            query,
            SortGradient.Mean,
            chunk =>
            {
                using var scope = NewDisposeScope();
                var labels = chunk.Labels;
                var best = zeros_like(labels);
                var least = full([chunk.Samples], float.PositiveInfinity, device: chunk.Device);
                for (long target = 0; target < chunk.Classes; target++)
                {
                    LongWork.ThrowIfCancelled();
                    using var inner = NewDisposeScope();
                    var tried = full_like(labels, target);
                    var sent = rows.Of(query.Threat.Corrupted, labels, tried);
                    var leads = ScoreMargin.Leads(chunk.Given.Scores(sent), labels);
                    var better = (leads < least).bitwise_and(labels != target);
                    best.copy_(EveryDevice.Where(better, tried, best));
                    least.copy_(EveryDevice.Where(better, leads, least));
                }
                return rows.Of(query.Threat.Corrupted, labels, best).MoveToOuterDisposeScope();
            }
        );
    }
}
