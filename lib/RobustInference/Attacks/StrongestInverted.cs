using RobustInference.Aggregators;
using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>The strongest inverted attack, white box: all corrupted clients send the class that the rule, on the
/// uncorrupted answers, finds most probable apart from the label (paper, Table 4).</summary>
/// <remarks>To a rule over logits a client whose greatest logit is M sends 2M for that class and −2M for the others;
/// where M ≤ 0, −2L and 2L with its least logit L (authors' code).</remarks>
/// <param name="keepRest">The authors' variant: the chosen entry of the client's own row becomes 1 and the rest stays,
/// so rows leave the simplex. Shown to tell the gap, never in a worst case.</param>
public sealed class StrongestInverted(bool keepRest = false) : IAttack
{
    const double Amplification = 2;

    public string Name => keepRest ? "SIA (authors)" : "SIA";

    public AttackAccess Access => AttackAccess.WhiteBox;

    public string Sends =>
        keepRest
            ? "its own row with the entry of the aggregator’s best class other than the label set to 1"
            : "one-hot of the aggregator’s best class other than the label";

    public bool LeavesSimplex => keepRest;

    public Tensor Corrupt(AttackQuery query)
    {
        using var scope = NewDisposeScope();
        var labels = query.Answers.Labels.unsqueeze(1);
        var strongest = query
            .CleanScores.scatter(1, labels, full_like(labels, double.NegativeInfinity, dtype: query.CleanScores.dtype))
            .argmax(1);
        var rows = OneHot.Agreed(strongest, query.Corrupted, query.Classes);
        if (query.Rule.Input == AnswerSpace.Logits)
            rows = Amplified(rows, Rows.Of(query.Answers.Logits, query.Threat.Corrupted));
        else if (keepRest)
            rows = EveryDevice.Where(rows == 1, rows, Rows.Of(query.Answers.Probits, query.Threat.Corrupted));
        return rows.MoveToOuterDisposeScope();
    }

    static Tensor Amplified(Tensor oneHot, Tensor logits)
    {
        Tensor greatest = logits.amax([-1L], keepdim: true),
            least = logits.amin([-1L], keepdim: true);
        // Twice the greatest float is none.
        var scale = EveryDevice.Where(greatest > 0, greatest, -least).clamp_max_(float.MaxValue / Amplification);
        return scale * Amplification * (2 * oneHot - 1);
    }
}
