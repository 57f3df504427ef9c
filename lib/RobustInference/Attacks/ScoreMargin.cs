using RobustInference.Numerics;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>The margin loss of Carlini and Wagner (2017) on scores: s_rival − s_y.</summary>
public sealed class ScoreMargin : IScoreLoss
{
    public string Name => "margin";

    public float Of(ReadOnlySpan<float> scores, int label, int rival, Span<float> gradient)
    {
        (gradient[rival], gradient[label]) = (1, -1);
        return scores[rival] - scores[label];
    }

    public (Tensor Loss, Tensor Gradient) Of(Tensor scores, Tensor isLabel, Tensor isRival)
    {
        var gradient = isRival - isLabel;
        return ((scores * gradient).sum(1, keepdim: true), gradient);
    }

    /// <summary>The best class other than the label; of equal scores the first, and a NaN before any number.</summary>
    public static int Rival(ReadOnlySpan<float> scores, int label)
    {
        int rival = label == 0 ? 1 : 0;
        for (int k = 0; k < scores.Length; k++)
            if (k != label && !float.IsNaN(scores[rival]) && !(scores[k] <= scores[rival]))
                rival = k;
        return rival;
    }

    /// <summary>By how much every label leads: s_y − max_{k≠y} s_k.</summary>
    /// <param name="scores">[B, K].</param>
    /// <param name="labels">B labels.</param>
    /// <returns>B numbers, not positive where the sample is lost; −∞ where a score is not a number.</returns>
    public static float[] Leads(Tensor scores, ReadOnlySpan<long> labels)
    {
        using var rows = scores.detach().cpu().contiguous();
        var values = rows.Floats();
        int width = (int)scores.shape[1];
        var leads = new float[labels.Length];
        for (int s = 0; s < leads.Length; s++)
        {
            var row = values.Slice(s * width, width);
            int label = (int)labels[s];
            float lead = row[label] - row[Rival(row, label)];
            leads[s] = float.IsNaN(lead) ? float.NegativeInfinity : lead;
        }
        return leads;
    }
}
