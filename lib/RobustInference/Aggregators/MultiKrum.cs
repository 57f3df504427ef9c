using RobustInference.Numerics;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>Multi-Krum (Blanchard et al., 2017): the mean of the n−f rows with the least sums of squared distances to
/// their n−f−2 nearest rows.</summary>
/// <remarks>Rows that tie for the last places share them. Nothing is certified.</remarks>
/// <param name="corrupted">f.</param>
public sealed class MultiKrum(int corrupted) : Aggregator
{
    readonly int corrupted = Argument.AtLeast(corrupted, 0);

    public override string Name => "Multi-Krum";

    public override bool Selects => true;

    /// <exception cref="ArgumentException">n ≤ f.</exception>
    /// <inheritdoc/>
    public override Tensor Scores(Tensor answers)
    {
        CheckAnswers(answers, corrupted + 1L);
        return Krum.Selected(answers, corrupted, (int)answers.shape[1] - corrupted);
    }
}
