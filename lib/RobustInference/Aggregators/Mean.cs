using RobustInference.Certificates;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Serving;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>The plain mean over clients: ψ_o of the paper, what an ensemble does that trusts everyone.</summary>
/// <remarks>Not robust for any f ≥ 1: no κ.</remarks>
public sealed class Mean : Aggregator, IRangeMean
{
    public override string Name => "Mean";

    public override bool IsMonotone => true;

    public (int From, int To) Kept(int clients) => (0, clients);

    public override ICertificate Certificate(Adversary adversary) => new RangeMeanWorstCase(this);

    /// <summary>0 for f = 0; the plain mean is not robust otherwise.</summary>
    public override double? Kappa(int clients, int corrupted) => corrupted == 0 ? 0 : null;

    public override ServedRule ToServed() => ServedRule.Mean;

    public override Tensor Scores(Tensor answers)
    {
        CheckAnswers(answers);
        return answers.mean([1L]);
    }

    public override ConditionedAggregator Given(
        Tensor answers,
        IReadOnlyList<int> corrupted,
        SortGradient gradient = SortGradient.Mean
    )
    {
        CheckAnswers(answers);
        using var honest = Rows.Without(answers, corrupted);
        return new HonestSum(honest.sum(1), corrupted.Count, (int)answers.shape[1]);
    }

    /// <summary>Keeps the honest rows' sum.</summary>
    sealed class HonestSum(Tensor sum, int changing, int clients) : ConditionedAggregator
    {
        readonly Tensor sum = sum.DetachFromDisposeScope();

        public override int Samples => (int)sum.shape[0];

        public override Tensor Scores(Tensor corrupted)
        {
            CheckRows(corrupted, changing);
            using var scope = NewDisposeScope();
            return ((sum + corrupted.sum(1)) / clients).MoveToOuterDisposeScope();
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
            new HonestSum(sum.Take(0, samples), changing, clients);

        public override void Dispose()
        {
            sum.Dispose();
            base.Dispose();
        }
    }
}
