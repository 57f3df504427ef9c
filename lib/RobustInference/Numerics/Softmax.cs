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
        {
            var row = logits.Slice(start, width);
            float greatest = row[0];
            foreach (float value in row) greatest = value > greatest ? value : greatest;
            var target = probabilities.Slice(start, width);
            for (int i = 0; i < row.Length; i++) target[i] = row[i] - greatest;
        }
        TensorPrimitives.Exp(probabilities[..logits.Length], probabilities);
        for (int start = 0; start < logits.Length; start += width)
        {
            var target = probabilities.Slice(start, width);
            float sum = 0;
            foreach (float value in target) sum += value;
            float scale = 1 / sum;
            for (int i = 0; i < target.Length; i++) target[i] *= scale;
        }
    }

    /// <summary>One step of sign-gradient ascent on the logits behind <paramref name="probabilities"/>: the sign of the pulled-back gradient
    /// p_j (g_j − Σ p g) is that of the bracket, since a softmax is positive.</summary>
    /// <param name="logits">R·K numbers, changed in place.</param>
    /// <param name="probabilities">Their softmax.</param>
    /// <param name="gradient">∂loss/∂probabilities. A row of zeros leaves its logits alone.</param>
    /// <param name="width">K.</param>
    /// <param name="step">Size of the step.</param>
    public static void SignStepInplace(Span<float> logits, ReadOnlySpan<float> probabilities, ReadOnlySpan<float> gradient, int width, float step)
    {
        for (int start = 0; start < logits.Length; start += width)
        {
            var g = gradient.Slice(start, width);
            var p = probabilities.Slice(start, width);
            float dot = 0, greatest = 0;
            for (int i = 0; i < g.Length; i++)
            {
                dot += p[i] * g[i];
                greatest = Math.Max(greatest, Math.Abs(g[i]));
            }
            if (greatest == 0) continue;
            var row = logits.Slice(start, width);
            for (int i = 0; i < row.Length; i++) row[i] += g[i] > dot ? step : g[i] < dot ? -step : 0;
        }
    }
}
