using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Certificates;

/// <summary>The known rows of every latent coordinate in order, with prefix sums: one sort serves the boxes of every
/// number of corrupted clients.</summary>
/// <remarks>
/// <para>Of n rows u have a known place and unknown content; the others, v_1 ≤ … ≤ v_{n−u} in a coordinate, are known,
/// and of these any f′ may change as well. T, the mean of places t+1…n−t of all rows, grows or stays with every row. So
/// it is least when the f′ greatest known rows go and all a = u + f′ unknown ones lie below the rest, which pushes v_j
/// to place j+a: what is kept is v_{t−a+1}…v_{n−t−a}. It is greatest when the f′ least go and the a unknown ones lie
/// above: v_{t+f′+1}…v_{n−t+f′}.</para>
/// <para><b>Fixed</b> corrupted clients are u = f, f′ = 0 (for f = t the n−2t lowest and highest of the honest rows);
/// <b>any</b> corrupted clients are u = 0, f′ = f.</para>
/// <para>Both ends are attained in their coordinate where latents are unbounded; those of all coordinates at once need
/// not be. With a &gt; t an unknown row can be kept, and there is no box.</para>
/// </remarks>
public sealed class SortedLatents : IDisposable
{
    readonly Tensor sums,
        size;
    readonly int clients,
        trim,
        unknown;

    /// <param name="encodings">[B, n−u, h], the known rows.</param>
    /// <param name="clients">n.</param>
    /// <param name="trim">t, 2t &lt; n.</param>
    /// <exception cref="ArgumentException">2t ≥ n, or u &gt; t.</exception>
    public SortedLatents(Tensor encodings, int clients, int trim)
    {
        (this.clients, this.trim, unknown) = (clients, trim, clients - (int)encodings.shape[1]);
        _ = BoxPlaces.Of(clients, trim, unknown, 0);
        using var scope = NewDisposeScope();
        var sorted = OrderStatistics.Sorted(encodings).to(ScalarType.Float64);
        size = maximum(sorted.select(1, 0).abs(), sorted.select(1, -1).abs()).DetachFromDisposeScope();
        sums = nn.functional.pad(sorted.cumsum(1), [0, 0, 1, 0]).DetachFromDisposeScope();
    }

    /// <summary>The box of T.</summary>
    /// <param name="changed">f′, how many of the known rows may change; u + f′ ≤ t.</param>
    /// <param name="error">By how much rounding may move a row in every coordinate, [h]; null for none, not even in T's
    /// own sum.</param>
    /// <exception cref="ArgumentException">f′ &lt; 0 or u + f′ &gt; t.</exception>
    public LatentBox Box(int changed, Tensor? error = null)
    {
        var places = BoxPlaces.Of(clients, trim, unknown, changed);
        using var scope = NewDisposeScope();
        Tensor low = Mean(places.Low, places.Count),
            high = Mean(places.High, places.Count);
        Tensor centre = (low + high).mul_(0.5),
            radius = (high - low).mul_(0.5);
        // Rules sum at most n values, none larger than these, and take up to six operations more.
        if (error is not null)
            radius.add_(size * Rounding.Gamma(clients + 6)).add_(error);
        return new LatentBox(centre.MoveToOuterDisposeScope(), radius.MoveToOuterDisposeScope());
    }

    Tensor Mean(int from, int count) => (sums.select(1, from + count) - sums.select(1, from)).div_(count);

    public void Dispose()
    {
        sums.Dispose();
        size.Dispose();
    }
}
