using System.Runtime.CompilerServices;

namespace RobustInference.Numerics;

/// <summary>e to the x in every lane, in half the time of the library's, which works in double precision.</summary>
/// <remarks>exp x = 2ⁿ · exp r with |r| ≤ ½ ln 2, and a polynomial for exp r (Cephes, expf).</remarks>
public static class LaneExponential
{
    /// <summary>The least x and the greatest.</summary>
    public const float Least = -87,
        Most = 88;

    /// <summary>e to the x, within 2 units of the last place; beyond <see cref="Least"/> and <see cref="Most"/>, that
    /// of these.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<T>(T x)
        where T : struct, IFloatLanes<T>
    {
        T bounded = T.Min(T.Max(x, T.All(Least)), T.All(Most)),
            n = T.Round(bounded * T.All(1.44269504f)),
            // ln 2 in two parts, of which the first times n is exact.
            r = T.MultiplyAdd(n, T.All(2.12194440e-4f), T.MultiplyAdd(n, T.All(-0.693359375f), bounded)),
            p = T.All(1.9875691500e-4f);
        p = T.MultiplyAdd(p, r, T.All(1.3981999507e-3f));
        p = T.MultiplyAdd(p, r, T.All(8.3334519073e-3f));
        p = T.MultiplyAdd(p, r, T.All(4.1665795894e-2f));
        p = T.MultiplyAdd(p, r, T.All(1.6666665459e-1f));
        p = T.MultiplyAdd(p, r, T.All(5.0000001201e-1f));
        return (T.MultiplyAdd(p, r * r, r) + T.All(1)) * T.PowerOfTwo(n);
    }
}
