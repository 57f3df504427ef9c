using RobustInference.Aggregators;
using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>All corrupted clients crowd around one place among the honest rows: a copy of an honest row, a point half
/// way from it to their mean, or one on the way from their mean to a class; of all tries, the one is kept under which
/// the label leads least.</summary>
/// <remarks>For rules that select (<see cref="Aggregator.Selects"/>), such as Krum: equal rows are each other's
/// nearest, so that the rule is drawn to a place where they outnumber the honest ones around it. Ascents do not see
/// that, since a choice of rows has no gradient, and one-hot rows stand too far off to be chosen. The first try is what
/// the corrupted clients would have answered without the attack.</remarks>
public sealed class HonestCopies : IAttack
{
    const int MostTargets = 12,
        Steps = 8;

    public string Name => "Copies of honest rows";

    public AttackAccess Access => AttackAccess.WhiteBox;

    public string Sends =>
        "the same row for all, at or between honest rows, where one serves better than what they would have sent";

    public Tensor Corrupt(AttackQuery query) => QueryChunk.Corrupt(query, SortGradient.Mean, chunk => Best(chunk));

    static Tensor Best(QueryChunk chunk)
    {
        using var scope = NewDisposeScope();
        var corrupted = chunk.Query.Threat.Corrupted;
        var least = new BestCandidate(chunk, Rows.Of(chunk.Answers, corrupted));
        Tensor honest = Rows.Without(chunk.Answers, corrupted),
            mean = honest.mean([1L], keepdim: true);
        for (long i = 0; i < honest.shape[1]; i++)
        {
            using var inner = NewDisposeScope();
            var row = honest.narrow(1, i, 1);
            Try(row);
            Try((row + mean) * 0.5f);
        }
        // The classes that the honest ones give most to, the label aside.
        int targets = Math.Min(MostTargets, chunk.Classes - 1);
        var label = chunk.Labels.unsqueeze(1);
        var others = mean.squeeze(1).scatter(1, label, full_like(label, -1, dtype: mean.dtype));
        var ranked = others.Greatest(targets, 1);
        for (int rank = 0; rank < targets; rank++)
        {
            var corner = OneHot.Rows(ranked.select(1, rank), chunk.Classes).unsqueeze(1);
            for (int step = 1; step < Steps; step++)
            {
                using var inner = NewDisposeScope();
                Try(mean + (corner - mean) * ((float)step / Steps));
            }
        }
        return least.Rows.MoveToOuterDisposeScope();

        void Try(Tensor row) => least.Try(row.expand(-1, chunk.Corrupted, -1).contiguous());
    }
}
