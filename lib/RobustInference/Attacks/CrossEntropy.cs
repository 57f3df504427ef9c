using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>The cross-entropy of the softmax of the scores: log Σ_k exp s_k − s_y, computed from the scores and so
/// never infinite.</summary>
public sealed class CrossEntropy : IScoreLoss
{
    public string Name => "cross-entropy";

    public float Of(ReadOnlySpan<float> scores, int label, int rival, Span<float> gradient)
    {
        float greatest = Math.Max(scores[rival], scores[label]);
        foreach (float score in scores)
            greatest = Math.Max(greatest, score);
        double sum = 0;
        for (int k = 0; k < scores.Length; k++)
            sum += gradient[k] = MathF.Exp(scores[k] - greatest);
        for (int k = 0; k < scores.Length; k++)
            gradient[k] /= (float)sum;
        // 1 − p_y as the sum of the others: a label that is nearly sure keeps its gradient.
        float others = 0;
        for (int k = 0; k < scores.Length; k++)
            if (k != label)
                others += gradient[k];
        gradient[label] = -others;
        return (float)(Math.Log(sum) + greatest - scores[label]);
    }

    public (Tensor Loss, Tensor Gradient) Of(Tensor scores, Tensor isLabel, Tensor isRival)
    {
        var others = scores.softmax(1) * (1 - isLabel);
        return (
            scores.logsumexp(1, keepdim: true) - (scores * isLabel).sum(1, keepdim: true),
            others - isLabel * others.sum(1, keepdim: true)
        );
    }
}
