using RobustInference.Networks;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Certificates;

/// <summary>Lower bounds of the margins s_y − s_k of μ over a box of latents, in float64, with room for the rounding of
/// a rule that is evaluated in float32.</summary>
/// <remarks>Two bounds, of which each margin keeps the larger. <b>Intervals</b> (Gowal et al., 2019): the ends of
/// every hidden unit, each taken by itself. <b>Backward linear relaxation</b> (Zhang et al., 2018): a unit that is
/// positive or zero all over the box is linear; one that may be either is replaced, where it helps the margin, by the
/// line of slope 0 under it, and where it hurts, by the chord over it; then the box is read once for the whole sum.
/// With lower slope 0 it is never below the intervals but for rounding. The usual adaptive lower slope was worse than
/// intervals on networks that were trained by intervals.
/// </remarks>
public sealed class MarginBounds : IDisposable
{
    readonly Tensor first,
        firstSizes,
        firstBias,
        last,
        lastSizes,
        lastBias;
    readonly double firstGamma,
        lastGamma;

    public MarginBounds(DeepSetNetwork network)
    {
        Argument.Given(network);
        using var scope = NewDisposeScope();
        (first, firstBias) = (Keep(network.MuIn.weight!), Keep(network.MuIn.bias!));
        (last, lastBias) = (Keep(network.MuOut.weight!), Keep(network.MuOut.bias!));
        (firstSizes, lastSizes) = (first.abs().DetachFromDisposeScope(), last.abs().DetachFromDisposeScope());
        (firstGamma, lastGamma) = (Rounding.Gamma(network.Hidden + 1), Rounding.Gamma(network.Decoder + 1));
    }

    /// <summary>The least margin over the classes other than the label. Where intervals decide, or the centre of the
    /// box is wrong already, their bound stays: the relaxation, which costs most, could not change what is
    /// certified.</summary>
    /// <param name="box">Where the latents are.</param>
    /// <param name="labels">[B].</param>
    /// <returns>[B] float64.</returns>
    public Tensor Least(LatentBox box, Tensor labels)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var least = empty(labels.shape[0], dtype: ScalarType.Float64);
        // All samples of a label share the weights of its margins.
        foreach (
            var samples in labels
                .Integers()
                .Select((label, s) => (label, s))
                .GroupBy(pair => (int)pair.label, pair => (long)pair.s)
        )
        {
            using var inner = NewDisposeScope();
            var index = tensor(samples.ToArray());
            least.index_copy_(0, index, Least(Over(box.Select(index)), samples.Key));
        }
        return least.MoveToOuterDisposeScope();
    }

    Tensor Least(Units units, int label)
    {
        var weights = last.select(0, label) - last;
        Tensor helps = weights.clamp_min(0),
            hurts = weights.clamp_max(0);
        // A score is off by at most γ Σ|w|h; the label's own margin is no margin.
        Tensor lowActive = units.Low.clamp_min(0),
            highActive = units.High.clamp_min(0);
        var error = highActive.mm(lastSizes.t()).add_(lastBias.abs()).mul_(lastGamma);
        Tensor bias = lastBias.select(0, label) - lastBias,
            shift = bias - error - error.select(1, label).unsqueeze(1);
        shift.select(1, label).fill_(double.PositiveInfinity);
        var least = lowActive.mm(helps.t()).add_(highActive.mm(hurts.t())).add_(shift).amin([1L]);

        var centre = units.Middle.clamp_min(0).mm(weights.t()).add_(bias);
        centre.select(1, label).fill_(double.PositiveInfinity);
        var open = least.le(0).logical_and_(centre.amin([1L]).gt(0)).nonzero().squeeze(1);
        if (open.shape[0] == 0)
            return least;
        var relaxed = Relaxed(units.Select(open), helps, hurts).add_(shift.index_select(0, open)).amin([1L]);
        return least.index_copy_(0, open, maximum(relaxed, least.index_select(0, open)));
    }

    /// <summary>The backward linear relaxation, [B, K].</summary>
    Tensor Relaxed(Units units, Tensor helps, Tensor hurts)
    {
        // Where a unit may be either, its chord runs from (low, 0) to (high, high).
        Tensor either = units.Low.lt(0).logical_and_(units.High.gt(0)),
            linear = units.Low.ge(0).to(ScalarType.Float64);
        var chord = where(
            either,
            units.High / (units.High - units.Low).clamp_min(double.Epsilon),
            zeros_like(units.High)
        );
        var slopes = (helps * linear.unsqueeze(1)).add_(hurts * (linear + chord).unsqueeze(1));
        var onLatents = slopes.matmul(first);
        return Dot(onLatents, units.Box.Centre)
            .sub_(Dot(onLatents.abs(), units.Box.Radius))
            .add_(slopes.matmul(firstBias))
            .sub_(Dot(slopes.abs(), units.Error))
            .sub_((chord * units.Low).mm(hurts.t()));
    }

    /// <summary>Σ_j a_kj b_j.</summary>
    /// <param name="perClass">[B, K, h].</param>
    /// <param name="units">[B, h].</param>
    static Tensor Dot(Tensor perClass, Tensor units) => perClass.bmm(units.unsqueeze(2)).squeeze(2);

    Units Over(LatentBox box)
    {
        var middle = box.Centre.mm(first.t()).add_(firstBias);
        var error = box.Centre.abs().add_(box.Radius).mm(firstSizes.t()).add_(firstBias.abs()).mul_(firstGamma);
        var reach = box.Radius.mm(firstSizes.t()).add_(error);
        return new Units(box, middle, error, middle - reach, middle + reach);
    }

    /// <summary>μ's hidden units over a box, before their ReLU, [B, d] each.</summary>
    /// <param name="Box">Where the latents are.</param>
    /// <param name="Middle">At the box's centre.</param>
    /// <param name="Error">By how much they may be rounded.</param>
    /// <param name="Low">The lower ends, rounding included.</param>
    /// <param name="High">The upper ends.</param>
    sealed record Units(LatentBox Box, Tensor Middle, Tensor Error, Tensor Low, Tensor High)
    {
        public Units Select(Tensor samples) =>
            new(
                Box.Select(samples),
                Middle.index_select(0, samples),
                Error.index_select(0, samples),
                Low.index_select(0, samples),
                High.index_select(0, samples)
            );
    }

    static Tensor Keep(Tensor weights) => Rounding.Doubles(weights).DetachFromDisposeScope();

    public void Dispose()
    {
        foreach (var tensor in new[] { first, firstSizes, firstBias, last, lastSizes, lastBias })
            tensor.Dispose();
    }
}
