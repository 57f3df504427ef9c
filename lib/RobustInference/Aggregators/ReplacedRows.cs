using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>The generic way to condition a rule: put the corrupted rows in their places and ask the rule. Right for
/// every rule, fast for none; others are tested against it.</summary>
public sealed class ReplacedRows(Aggregator rule, Tensor answers, IReadOnlyList<int> corrupted) : ConditionedAggregator
{
    readonly Tensor answers = answers.detach().DetachFromDisposeScope();

    public override int Samples => (int)answers.shape[0];

    public override Tensor Scores(Tensor rows)
    {
        CheckRows(rows, corrupted.Count);
        using var scope = NewDisposeScope();
        return rule.Scores(Rows.Replace(answers, corrupted, rows)).MoveToOuterDisposeScope();
    }

    public override ConditionedAggregator Select(Tensor samples)
    {
        using var some = answers.Take(0, samples);
        return new ReplacedRows(rule, some, corrupted);
    }

    public override void Dispose()
    {
        answers.Dispose();
        base.Dispose();
    }
}
