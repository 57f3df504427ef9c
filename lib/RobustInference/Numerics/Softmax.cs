using System.Numerics.Tensors;

namespace RobustInference.Numerics;

/// <summary>Softmax of many short rows, and sign-gradient steps through it.</summary>
public static class Softmax
{
    /// <summary>probabilities ← softmax of every row.</summary>
    /// <param name="logits">R·K numbers.</param>
    /// <param name="probabilities">R·K numbers.</param>
    /// <param name="width">K.</param>
    public static void OfRows(ReadOnlySpan<float> logits, Span<float> probabilities, int width)
    {
        for (int start = 0; start < logits.Length; start += width)
            Lanes.SubtractMax(logits.Slice(start, width), probabilities.Slice(start, width));
        TensorPrimitives.Exp(probabilities[..logits.Length], probabilities);
        for (int start = 0; start < logits.Length; start += width)
            Lanes.DivideBySum(probabilities.Slice(start, width));
    }

    /// <summary>One step of sign-gradient ascent on the logits behind <paramref name="probabilities"/>: the sign of the
    /// pulled-back gradient p_j (g_j − Σ p g) is that of the bracket, since a softmax is positive.</summary>
    /// <param name="logits">R·K numbers, changed in place.</param>
    /// <param name="probabilities">Their softmax.</param>
    /// <param name="gradient">∂loss/∂probabilities. A row of zeros leaves its logits alone.</param>
    /// <param name="width">K.</param>
    /// <param name="step">Size of the step.</param>
    public static void SignStepInplace(
        Span<float> logits,
        ReadOnlySpan<float> probabilities,
        ReadOnlySpan<float> gradient,
        int width,
        float step
    )
    {
        for (int start = 0; start < logits.Length; start += width)
            Lanes.SignStep(
                logits.Slice(start, width),
                probabilities.Slice(start, width),
                gradient.Slice(start, width),
                step
            );
    }
}
