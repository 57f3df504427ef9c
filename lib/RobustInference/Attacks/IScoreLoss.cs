namespace RobustInference.Attacks;

/// <summary>What an attacker maximises, on the scores of one sample themselves: no probability is clamped, so no
/// gradient vanishes while the label leads.</summary>
public interface IScoreLoss
{
    /// <summary>The name in reports.</summary>
    string Name { get; }

    /// <summary>The loss and its gradient with respect to the scores.</summary>
    /// <param name="scores">K scores.</param>
    /// <param name="label">y.</param>
    /// <param name="rival">The best of the other classes.</param>
    /// <param name="gradient">K numbers, zeros on entry.</param>
    float Of(ReadOnlySpan<float> scores, int label, int rival, Span<float> gradient);
}
