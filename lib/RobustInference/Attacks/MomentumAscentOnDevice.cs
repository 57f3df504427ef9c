using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary><see cref="MomentumAscent"/> in torch's operators: all samples at once, and nothing is read back.</summary>
sealed class MomentumAscentOnDevice
{
    readonly IScoreLoss loss;
    readonly Tensor label,
        isLabel;
    readonly Tensor logits,
        best,
        before,
        bestSent;

    // Per sample, [B, 1].
    readonly Tensor step,
        stepAtCheckpoint,
        last,
        greatest,
        greatestAtCheckpoint,
        rises,
        restarts,
        isLost,
        leastLead;
    bool isFirst = true;

    /// <param name="loss">What is maximised.</param>
    /// <param name="start">Logits, [B, m, K].</param>
    /// <param name="labels">[B].</param>
    public MomentumAscentOnDevice(IScoreLoss loss, Tensor start, Tensor labels)
    {
        this.loss = loss;
        label = labels.unsqueeze(1);
        isLabel = zeros([start.shape[0], start.shape[2]], start.dtype, start.device)
            .scatter_(1, label, ones_like(label, dtype: start.dtype));
        (logits, best, before, bestSent) = (start.clone(), start.clone(), start.clone(), start.clone());
        Tensor Each(double value) => full_like(label, value, dtype: start.dtype);
        (step, stepAtCheckpoint, rises) = (Each(MomentumAscent.FirstStep), Each(MomentumAscent.FirstStep), Each(0));
        last = Each(double.NegativeInfinity);
        (greatest, greatestAtCheckpoint) = (last.clone(), last.clone());
        leastLead = Each(double.PositiveInfinity);
        restarts = zeros_like(label, dtype: ScalarType.Bool);
        isLost = restarts.clone();
    }

    /// <summary>What the corrupted clients send now, [B, m, K].</summary>
    public Tensor Rows() => logits.softmax(-1);

    /// <summary>What they send where the label led least.</summary>
    public Tensor Best() => bestSent.softmax(-1);

    /// <inheritdoc cref="MomentumAscent.Look"/>
    public Tensor Look(Tensor scores)
    {
        using var scope = NewDisposeScope();
        var rival = scores.masked_fill(isLabel > 0, double.NegativeInfinity).argmax(1, keepdim: true);
        var isRival = zeros_like(scores).scatter_(1, rival, ones_like(rival, dtype: scores.dtype));
        var lead = scores.gather(1, label) - scores.gather(1, rival);
        Keep(lead < leastLead, (leastLead, lead), (bestSent, logits));
        isLost.copy_((lead > 0).logical_not());
        var (value, gradient) = loss.Of(scores, isLabel, isRival);
        var stands = isLost.logical_not();
        rises.add_((value > last).logical_and(stands));
        Keep(stands, (last, value));
        Keep((value > greatest).logical_and(stands), (greatest, value), (best, logits));
        return (gradient * stands).MoveToOuterDisposeScope();
    }

    /// <inheritdoc cref="MomentumAscent.HalveWhereStuck"/>
    public void HalveWhereStuck(int steps)
    {
        using var scope = NewDisposeScope();
        var stuck = (rises < MomentumAscent.Rising * steps).logical_or(
            (step == stepAtCheckpoint).logical_and(greatest == greatestAtCheckpoint)
        );
        stepAtCheckpoint.copy_(step);
        greatestAtCheckpoint.copy_(greatest);
        rises.zero_();
        Keep(stuck, (step, step / 2), (logits, best), (before, best));
        restarts.copy_(stuck);
    }

    /// <summary>One step of those that neither are lost nor have just gone back to their best rows.</summary>
    /// <param name="rows">What <see cref="Rows"/> gave.</param>
    /// <param name="gradient">Of the loss at them, [B, m, K].</param>
    public void Step(Tensor rows, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        var moves = restarts.logical_or(isLost).logical_not();
        restarts.zero_();
        float momentum = isFirst ? 0 : MomentumAscent.Momentum;
        isFirst = false;
        var rise = (gradient - (gradient * rows).sum(-1, keepdim: true)).sign() * step.unsqueeze(2);
        var next = (logits + (1 - momentum) * rise + momentum * (logits - before)).clamp_(
            -AutoProjectedGradient.Bound,
            AutoProjectedGradient.Bound
        );
        Keep(moves, (before, logits), (logits, next));
    }

    /// <summary>Takes over new values where a sample is chosen.</summary>
    static void Keep(Tensor chosen, params ReadOnlySpan<(Tensor Old, Tensor New)> pairs)
    {
        foreach (var (old, now) in pairs)
            old.copy_(where(old.dim() == 3 ? chosen.unsqueeze(2) : chosen, now, old));
    }
}
