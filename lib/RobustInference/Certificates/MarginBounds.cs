using RobustInference.Aggregators;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Certificates;

/// <summary>Lower bounds of the margins s_y − s_k of μ over a box of latents, in float64, with room for the rounding of a rule that is evaluated in float32.</summary>
/// <remarks>
/// Two bounds, of which each margin keeps the larger. <b>Intervals</b> (Gowal et al., 2019): the ends of every hidden unit, each taken by itself. <b>Backward linear
/// relaxation</b> (Zhang et al., 2018): a unit that is positive or zero all over the box is linear; one that may be either is replaced, where it helps the margin, by the
/// line of slope 0 under it, and where it hurts, by the chord over it; then the box is read once for the whole sum. With lower slope 0 it is never below the intervals but
/// for rounding. The usual adaptive lower slope was worse than intervals on networks that were trained by intervals.
/// </remarks>
public sealed class MarginBounds : IDisposable
{
    readonly Tensor first, firstSizes, firstBias, last, lastSizes, lastBias;
    readonly double firstGamma, lastGamma;

    public MarginBounds(DeepSetNetwork network)
    {
        using var scope = NewDisposeScope();
        (first, firstBias) = (Keep(network.MuIn.weight!), Keep(network.MuIn.bias!));
        (last, lastBias) = (Keep(network.MuOut.weight!), Keep(network.MuOut.bias!));
        (firstSizes, lastSizes) = (first.abs().DetachFromDisposeScope(), last.abs().DetachFromDisposeScope());
        (firstGamma, lastGamma) = (Rounding.Gamma(network.Hidden + 1), Rounding.Gamma(network.Decoder + 1));
    }

    /// <summary>The least margin over the classes other than the label.</summary>
    /// <param name="box">Where the latents are.</param>
    /// <param name="labels">[B].</param>
    /// <returns>[B] float64.</returns>
    public Tensor Least(LatentBox box, Tensor labels)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        Tensor own = labels.unsqueeze(1), size = box.Centre.abs().add_(box.Radius);
        var error = size.mm(firstSizes.t()).add_(firstBias.abs()).mul_(firstGamma);
        Tensor middle = box.Centre.mm(first.t()).add_(firstBias), reach = box.Radius.mm(firstSizes.t()).add_(error);
        Tensor low = middle - reach, high = middle + reach, lowActive = low.clamp_min(0), highActive = high.clamp_min(0);

        var weights = last.index_select(0, labels).unsqueeze(1) - last;
        Tensor helps = weights.clamp_min(0), hurts = weights.clamp_max(0);
        var scoreError = highActive.mm(lastSizes.t()).add_(lastBias.abs()).mul_(lastGamma);
        var shift = lastBias.index_select(0, labels).unsqueeze(1) - lastBias - scoreError - scoreError.gather(1, own);

        var intervals = Dot(helps, lowActive).add_(Dot(hurts, highActive));

        // Where a unit may be either, its chord runs from (low, 0) to (high, high).
        Tensor either = low.lt(0).logical_and_(high.gt(0)), linear = low.ge(0).to(ScalarType.Float64);
        var chord = where(either, high / (high - low).clamp_min(double.Epsilon), zeros_like(high));
        var slopes = (helps * linear.unsqueeze(1)).add_(hurts * (linear + chord).unsqueeze(1));
        var onLatents = slopes.matmul(first);
        var relaxed = Dot(onLatents, box.Centre).sub_(Dot(onLatents.abs(), box.Radius)).add_(slopes.matmul(firstBias))
            .sub_(Dot(slopes.abs(), error)).sub_(Dot(hurts, chord * low));

        return maximum(intervals, relaxed).add_(shift).scatter(1, own, full_like(own, double.PositiveInfinity, dtype: ScalarType.Float64)).amin([1L]).MoveToOuterDisposeScope();
    }

    /// <summary>Σ_j a_kj b_j.</summary>
    /// <param name="perClass">[B, K, h].</param>
    /// <param name="units">[B, h].</param>
    static Tensor Dot(Tensor perClass, Tensor units) => perClass.bmm(units.unsqueeze(2)).squeeze(2);

    static Tensor Keep(Tensor weights) => Rounding.Doubles(weights).DetachFromDisposeScope();

    public void Dispose()
    {
        foreach (var tensor in new[] { first, firstSizes, firstBias, last, lastSizes, lastBias }) tensor.Dispose();
    }
}
