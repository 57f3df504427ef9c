using RobustInference.Certificates;
using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>Trimmed vote: every client votes for its most probable class, the first of several, and of the n zeros and
/// ones of each class the t smallest and t largest are dropped before the mean.</summary>
/// <remarks>A class with v votes scores min(max(v−t, 0), n−2t)/(n−2t): up to t votes count for nothing, so that fewer
/// answers are changed and more are ties, which count as lost. The backward pass takes the rule for the mean (BPDA).
/// Its worst case is known exactly: <see cref="TrimmedVoteWorstCase"/>.</remarks>
/// <param name="trim">t.</param>
public sealed class TrimmedVote(int trim) : Aggregator
{
    readonly int trim = Argument.AtLeast(trim, 0);

    public override string Name => "Trimmed vote";

    public override ICertificate Certificate(Adversary adversary) => new TrimmedVoteWorstCase(trim);

    /// <exception cref="ArgumentException">n ≤ 2t.</exception>
    /// <inheritdoc/>
    public override Tensor Scores(Tensor answers)
    {
        CheckAnswers(answers, 2L * trim + 1);
        using var scope = NewDisposeScope();
        long n = answers.shape[1];
        var votes = nn.functional.one_hot(PluralityVote.Votes(answers.detach()), answers.shape[2]).sum(1);
        var kept = (votes - trim).Within(0, n - 2 * trim).to(answers.dtype) / (n - 2 * trim);
        if (!answers.requires_grad)
            return kept.MoveToOuterDisposeScope();
        var mean = answers.mean([1L]);
        return (kept + (mean - mean.detach())).MoveToOuterDisposeScope();
    }
}
