using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>Nearest-neighbour mixing before another rule (Allouah et al., 2023): every row is replaced by the mean of
/// the n−f rows nearest to it, itself among them.</summary>
/// <remarks>
/// <para>The backward pass takes a rule that averages for the mean (BPDA).</para>
/// <para>Rows that tie for the last places share them. Mixed rows lie on the simplex.</para>
/// <para>Where the other rule is (f, κ)-robust, this one is with 8f/(n−f) · (κ+1) (Allouah et al., 2023). The other
/// rule's own certificate says nothing of mixed rows, since one corrupted row moves many of them: nothing else is
/// certified.</para>
/// </remarks>
/// <param name="rule">A rule over probits that does not know its clients; owned from here on.</param>
/// <param name="corrupted">f.</param>
public sealed class NearestNeighbourMixing(Aggregator rule, int corrupted) : Aggregator
{
    readonly Aggregator rule =
        Argument.Given(rule).Input == AnswerSpace.Probits && !rule.KnowsClients
            ? rule
            : throw new ArgumentException($"{rule.Name} knows its clients: its rows cannot be mixed");
    readonly int corrupted = Argument.AtLeast(corrupted, 0);

    public override string Name => $"NNM + {rule.Name}";

    public override ScoreScale Scale => rule.Scale;

    public override double? Kappa(int clients, int f) =>
        f == corrupted && rule.Kappa(clients, f) is { } inner ? 8.0 * f / (clients - f) * (inner + 1) : null;

    /// <exception cref="ArgumentException">n ≤ f, or too few rows for the other rule.</exception>
    /// <inheritdoc/>
    public override Tensor Scores(Tensor answers)
    {
        CheckAnswers(answers, corrupted + 1L);
        using var scope = NewDisposeScope();
        int kept = (int)answers.shape[1] - corrupted;
        var weights = NearestRows.Smallest(NearestRows.SquaredDistances(answers), kept) / kept;
        var scores = rule.Scores(weights.to(answers.dtype).bmm(answers));
        return (Scale == ScoreScale.Weights ? Krum.LikeTheMean(scores, answers) : scores).MoveToOuterDisposeScope();
    }

    public override Aggregator On(Device device) =>
        rule.On(device) is var moved && ReferenceEquals(moved, rule)
            ? this
            : new NearestNeighbourMixing(moved, corrupted);

    public override void Dispose()
    {
        rule.Dispose();
        base.Dispose();
    }
}
