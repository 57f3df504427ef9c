using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>The difference-of-logits ratio (Croce and Hein, 2020): (s_rival − s_y) / (s₍₁₎ − s₍₃₎), where s₍ᵢ₎ is the
/// i-th greatest score. It changes neither with a shift nor with a scale of the scores.</summary>
/// <remarks>With two classes there is no third, and the ratio would be ±1 wherever one stands: then it is the plain
/// margin. Its denominator is at least 1e-12.</remarks>
public sealed class LogitsRatio : IScoreLoss
{
    const float Least = 1e-12f;

    public string Name => "logits ratio";

    public float Of(ReadOnlySpan<float> scores, int label, int rival, Span<float> gradient)
    {
        float margin = scores[rival] - scores[label];
        (gradient[rival], gradient[label]) = (1, -1);
        if (scores.Length < 3)
            return margin;
        var (first, third) = FirstAndThird(scores);
        float range = scores[first] - scores[third];
        float scale = 1 / Math.Max(range, Least),
            loss = margin * scale;
        (gradient[rival], gradient[label]) = (scale, -scale);
        if (range <= Least)
            return loss;
        gradient[first] -= loss * scale;
        gradient[third] += loss * scale;
        return loss;
    }

    public (Tensor Loss, Tensor Gradient) Of(Tensor scores, Tensor isLabel, Tensor isRival)
    {
        var apart = isRival - isLabel;
        var margin = (scores * apart).sum(1, keepdim: true);
        if (scores.shape[1] < 3)
            return (margin, apart);
        var places = scores.Greatest(3, 1);
        var greatest = scores.gather(1, places);
        Tensor At(long rank) =>
            zeros_like(scores).scatter_(1, places.narrow(1, rank, 1), ones_like(margin, dtype: scores.dtype));
        var range = greatest.narrow(1, 0, 1) - greatest.narrow(1, 2, 1);
        var scale = range.clamp_min(Least).reciprocal();
        var loss = margin * scale;
        return (loss, scale * (apart - loss * (range > Least) * (At(0) - At(2))));
    }

    static (int First, int Third) FirstAndThird(ReadOnlySpan<float> scores)
    {
        int first = -1,
            second = -1,
            third = -1;
        for (int k = 0; k < scores.Length; k++)
            if (first < 0 || scores[k] > scores[first])
                (first, second, third) = (k, first, second);
            else if (second < 0 || scores[k] > scores[second])
                (second, third) = (k, second);
            else if (third < 0 || scores[k] > scores[third])
                third = k;
        return (first, third);
    }
}
