using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>A step before another rule, which gets averages of rows in the rows' place.</summary>
/// <remarks>
/// <para>The backward pass takes a rule that averages for the mean (BPDA). Where that hides it from ascents, as with
/// Krum, the strong suite says so.</para>
/// <para>The other rule's own certificate says nothing of averaged rows, since one corrupted row moves several of them:
/// nothing is certified.</para>
/// </remarks>
/// <param name="rule">A rule over probits that does not know its clients; owned from here on.</param>
public abstract class MixingAggregator(Aggregator rule) : Aggregator
{
    /// <summary>The rule behind the step.</summary>
    protected Aggregator Rule { get; } =
        Argument.Given(rule).Input == AnswerSpace.Probits && !rule.KnowsClients
            ? rule
            : throw new ArgumentException($"{rule.Name} knows its clients: its rows cannot be mixed");

    public override ScoreScale Scale => Rule.Scale;

    public override bool Selects => true;

    /// <summary>The averages, which lie on the simplex as rows do.</summary>
    /// <param name="answers">[B, n, K].</param>
    /// <returns>[B, m, K].</returns>
    protected abstract Tensor Mixed(Tensor answers);

    public override Tensor Scores(Tensor answers)
    {
        CheckAnswers(answers);
        using var scope = NewDisposeScope();
        if (Scale != ScoreScale.Weights)
            return Rule.Scores(Mixed(answers)).MoveToOuterDisposeScope();
        // Averages of nearly the same rows: in single precision, their rounding would tell apart what ties.
        var scores = Rule.Scores(Mixed(answers.detach().to(ScalarType.Float64))).to(answers.dtype);
        return Krum.LikeTheMean(scores, answers).MoveToOuterDisposeScope();
    }

    /// <summary>The same step before another rule.</summary>
    protected abstract MixingAggregator With(Aggregator other);

    public override Aggregator On(Device device) =>
        Rule.On(device) is var moved && ReferenceEquals(moved, Rule) ? this : With(moved);

    public override void Dispose()
    {
        Rule.Dispose();
        base.Dispose();
    }
}
