using RobustInference.Certificates;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Serving;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>Plurality vote: every client votes for its most probable class, and the score of a class is its share of
/// the votes.</summary>
/// <remarks>
/// <para>A client whose highest probability is shared votes for the first of those classes. Two classes with equally
/// many votes are a tie, which counts as lost.</para>
/// <para>A vote does not change when its row changes a little, so its true gradient is zero: backward takes the vote
/// for the identity (BPDA), and every row receives the gradient of the mean. How sure a client was does not count, so
/// one corrupted client takes at most two votes off a margin: see <see cref="Certificates.PluralityWorstCase"/>.</para>
/// </remarks>
public sealed class PluralityVote : Aggregator
{
    public override string Name => "Plurality vote";

    public override ICertificate Certificate(Adversary adversary) => new PluralityWorstCase();

    public override ServedRule ToServed() => ServedRule.PluralityVote;

    public override Tensor Scores(Tensor answers)
    {
        CheckAnswers(answers);
        using var scope = NewDisposeScope();
        return Ballots(answers).mean([1L]).MoveToOuterDisposeScope();
    }

    /// <summary>Whom each client votes for.</summary>
    /// <param name="answers">[B, n, K].</param>
    /// <returns>[B, n] int64.</returns>
    public static Tensor Votes(Tensor answers) => answers.argmax(-1);

    public override ConditionedAggregator Given(
        Tensor answers,
        IReadOnlyList<int> corrupted,
        SortGradient gradient = SortGradient.Mean
    )
    {
        CheckAnswers(answers);
        using var honest = Rows.Without(answers, corrupted);
        using var ballots = Ballots(honest);
        return new HonestCount(ballots.sum(1), corrupted.Count, (int)answers.shape[1]);
    }

    // x − x is 0 in every bit, and its gradient is not.
    static Tensor Ballots(Tensor answers)
    {
        using var scope = NewDisposeScope();
        var ballots = nn.functional.one_hot(Votes(answers), answers.shape[2]).to(answers.dtype);
        return (answers.requires_grad ? ballots + (answers - answers.detach()) : ballots).MoveToOuterDisposeScope();
    }

    /// <summary>Keeps the honest votes, counted.</summary>
    sealed class HonestCount(Tensor count, int changing, int clients) : ConditionedAggregator
    {
        readonly Tensor count = count.DetachFromDisposeScope();

        public override int Samples => (int)count.shape[0];

        public override Tensor Scores(Tensor corrupted)
        {
            CheckRows(corrupted, changing);
            using var scope = NewDisposeScope();
            return ((count + Ballots(corrupted).sum(1)) / clients).MoveToOuterDisposeScope();
        }

        public override Tensor Gradient(Tensor corrupted, Func<Tensor, Tensor> cotangent)
        {
            using var scope = NewDisposeScope();
            return cotangent(Scores(corrupted))
                .div_(clients)
                .unsqueeze(1)
                .expand(corrupted.shape)
                .contiguous()
                .MoveToOuterDisposeScope();
        }

        public override ConditionedAggregator Select(Tensor samples) =>
            new HonestCount(count.Take(0, samples), changing, clients);

        public override void Dispose()
        {
            count.Dispose();
            base.Dispose();
        }
    }
}
