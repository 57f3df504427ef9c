using static TorchSharp.torch;

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

    /// <summary>The same of many samples in torch's operators, for other devices: nothing is read back.</summary>
    /// <param name="scores">[B, K].</param>
    /// <param name="isLabel">[B, K], 1 at the label and 0 elsewhere.</param>
    /// <param name="isRival">[B, K], 1 at the best of the other classes.</param>
    /// <returns>[B, 1] and [B, K], in the caller's dispose scope.</returns>
    (Tensor Loss, Tensor Gradient) Of(Tensor scores, Tensor isLabel, Tensor isRival);
}
