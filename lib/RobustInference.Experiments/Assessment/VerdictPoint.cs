using RobustInference.Evaluation;
using RobustInference.Running;

namespace RobustInference.Assessment;

/// <summary>What a verdict says for one number of corrupted clients.</summary>
/// <param name="Corrupted">f.</param>
/// <param name="Mean">What is certified of the plain mean, which is its worst case; null where it was not
/// measured.</param>
/// <param name="Best">The best rule by <see cref="RuleScore.Criterion"/>.</param>
/// <param name="BestShare">The figure that decided for it.</param>
/// <param name="Gain">What the best learned rule has over the best other rule; null without both.</param>
/// <param name="Anonymous">Where the best rule knows who answers, the best one that does not; otherwise null.</param>
/// <param name="AnonymousShare">The figure that decided for it.</param>
public sealed record VerdictPoint(
    int Corrupted,
    Share? Mean,
    RuleScore Best,
    Share BestShare,
    Interval? Gain,
    RuleScore? Anonymous = null,
    Share? AnonymousShare = null
);
