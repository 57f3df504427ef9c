using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>A rule ψ that turns n clients' answers into K scores; the answer is the class of the highest score. A tie
/// counts as lost.</summary>
public abstract class Aggregator : IDisposable
{
    /// <summary>The name in tables.</summary>
    public abstract string Name { get; }

    /// <summary>What the rule takes.</summary>
    public virtual AnswerSpace Input => AnswerSpace.Probits;

    /// <summary>Whether row i must be client i's: if not, and the rule takes probits, the order of the rows does not
    /// matter.</summary>
    public virtual bool KnowsClients => Input == AnswerSpace.Logits;

    /// <summary>How an attack's loss reads the scores.</summary>
    public virtual ScoreScale Scale => ScoreScale.Weights;

    /// <summary>Whether every score grows, or stays, with every coordinate of its class and depends on no other class:
    /// then f one-hot rows are the worst case.</summary>
    public virtual bool IsMonotone => false;

    /// <summary>The scores; differentiable.</summary>
    /// <param name="answers">[B, n, K].</param>
    /// <returns>[B, K], not normalised. A sample's scores do not depend on the other samples.</returns>
    public abstract Tensor Scores(Tensor answers);

    /// <summary>The rule with all rows fixed but those of the corrupted clients: what never changes is computed
    /// once.</summary>
    /// <param name="answers">[B, n, K]; the rows of the corrupted clients are ignored.</param>
    /// <param name="corrupted">Their m positions, the same for every sample.</param>
    /// <param name="gradient">What the backward pass does at a sort.</param>
    public virtual ConditionedAggregator Given(
        Tensor answers,
        IReadOnlyList<int> corrupted,
        SortGradient gradient = SortGradient.Mean
    ) => new ReplacedRows(this, answers, corrupted);

    /// <summary>The probability vector that attacks see.</summary>
    /// <param name="scores">[B, K].</param>
    /// <returns>[B, K].</returns>
    public Tensor Probabilities(Tensor scores) =>
        Scale == ScoreScale.Logits
            ? nn.functional.softmax(scores, -1)
            : scores / scores.sum(-1, keepdim: true).clamp_min(Weights.Least);

    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>Checks [B, n, K] with at least <paramref name="clients"/> rows.</summary>
    /// <exception cref="ArgumentException">Another shape, or too few rows.</exception>
    protected void CheckAnswers(Tensor answers, long clients = 1)
    {
        if (answers.dim() != 3)
            throw new ArgumentException($"{Name}: wanted answers [B, n, K], got {answers.dim()} axes");
        if (answers.shape[1] < clients)
            throw new ArgumentException(
                $"{Name}: {answers.shape[1]} clients are too few, at least {clients} are needed"
            );
    }

    /// <summary>Checks that answers are over the classes that a network was made for: torch itself would say nothing
    /// that helps.</summary>
    /// <exception cref="ArgumentException">Another K.</exception>
    protected void CheckClasses(Tensor answers, int classes)
    {
        if (answers.shape[2] != classes)
            throw new ArgumentException($"{Name}: was made for {classes} classes, the answers have {answers.shape[2]}");
    }
}
