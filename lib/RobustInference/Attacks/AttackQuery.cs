using RobustInference.Aggregators;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>What an attack may look at: the rule, the uncorrupted answers of all n clients, the labels, and who is
/// corrupted.</summary>
/// <param name="Rule">The aggregator under attack.</param>
/// <param name="Answers">Uncorrupted answers with labels; those of the corrupted clients included.</param>
/// <param name="Threat">Who is corrupted.</param>
/// <param name="Seed">Random seed of the attack.</param>
/// <param name="Validation">The server's validation data, for attacks that need it; null where there is none.</param>
public sealed record AttackQuery(
    ProbitSet Answers,
    Aggregator Rule,
    ThreatModel Threat,
    long Seed = 0,
    ProbitSet? Validation = null
) : IDisposable
{
    Tensor? cleanScores,
        similarity;

    public int Samples => Answers.Samples;

    public int Classes => Answers.Classes;

    /// <summary>m = f.</summary>
    public int Corrupted => Threat.Count;

    /// <summary>Where answers and rule lie, and what an attack sends belongs.</summary>
    public Device Device => Answers.Device;

    /// <summary>What the rule takes, [S, n, K].</summary>
    public Tensor Input => Rule.Input == AnswerSpace.Probits ? Answers.Probits : Answers.Logits;

    /// <summary>Rows on the simplex as the rule takes them: for a rule over logits log max(p, 1e-12), as wherever
    /// probits stand for logits.</summary>
    /// <param name="probits">Rows of K, in the caller's dispose scope.</param>
    public Tensor AsInput(Tensor probits) =>
        Rule.Input == AnswerSpace.Probits ? probits : probits.clamp_min(ProbitSet.LeastProbability).log_();

    /// <summary>The rule's scores on the uncorrupted answers, [S, K].</summary>
    public Tensor CleanScores => cleanScores ??= Untracked(() => Rule.Scores(Input));

    /// <summary>Class similarity (1/N)·Pᵀ·P of the rule's centred class probabilities P on the validation data, [K,
    /// K].</summary>
    /// <exception cref="InvalidOperationException">There is no validation data.</exception>
    public Tensor Similarity =>
        similarity ??= Untracked(() =>
        {
            var data =
                Validation ?? throw new InvalidOperationException("the class-prior attack needs validation data");
            var p = Rule.Probabilities(Rule.Scores(Rule.Input == AnswerSpace.Probits ? data.Probits : data.Logits));
            var centred = p - p.mean([0L], keepdim: true);
            return centred.t().mm(centred) / data.Samples;
        });

    public void Dispose()
    {
        cleanScores?.Dispose();
        similarity?.Dispose();
    }

    static Tensor Untracked(Func<Tensor> compute)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        return compute().DetachFromDisposeScope();
    }
}
