using RobustInference.Numerics;
using TorchSharp;
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
    /// <param name="labels">[B], where the scores lie.</param>
    /// <returns>[B], not positive where the sample is lost; −∞ where a score is not a number. On a GPU nothing is read
    /// back.</returns>
    public static Tensor Leads(Tensor scores, Tensor labels) =>
        scores.IsOnHost() ? OnHost(scores, labels) : InTorch(scores, labels);

    /// <summary>Leads under every target, where the label itself is none: its lead becomes +∞.</summary>
    /// <param name="leads">[B, K], changed.</param>
    /// <param name="labels">[B].</param>
    internal static Tensor OfTargets(Tensor leads, Tensor labels)
    {
        using var own = labels.unsqueeze(1);
        using var none = full_like(own, double.PositiveInfinity, dtype: leads.dtype);
        return leads.scatter_(1, own, none);
    }

    static Tensor OnHost(Tensor scores, Tensor labels)
    {
        using var rows = scores.detach().contiguous();
        var result = empty(scores.shape[0]);
        Span<float> values = rows.Floats(),
            leads = result.Floats();
        var wanted = labels.IntegersOnCpu();
        int width = (int)scores.shape[1];
        for (int s = 0; s < leads.Length; s++)
        {
            var row = values.Slice(s * width, width);
            int label = (int)wanted[s];
            float lead = row[label] - row[Rival(row, label)];
            leads[s] = float.IsNaN(lead) ? float.NegativeInfinity : lead;
        }
        return result;
    }

    /// <summary>The same leads in torch's operators, which read nothing back.</summary>
    public static Tensor InTorch(Tensor scores, Tensor labels)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var own = labels.unsqueeze(1);
        var rivals = scores.scatter(1, own, full_like(own, double.NegativeInfinity, dtype: scores.dtype));
        var lead = (scores.gather(1, own) - rivals.amax([1L], keepdim: true)).squeeze(1);
        return lead.masked_fill(lead.ne(lead), double.NegativeInfinity).MoveToOuterDisposeScope();
    }
}
