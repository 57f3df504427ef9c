using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Numerics;

/// <summary>Places in ascending order of their values, ties in the order in which they stand.</summary>
/// <remarks>argsort leaves ties in an order of its own, which on a GPU is another one than on a processor, and on a
/// processor another one with AVX2 than without. Where values may tie and places choose what is done next, results
/// would depend on the machine.</remarks>
public static class StableOrder
{
    /// <summary>Places along <paramref name="axis"/>.</summary>
    /// <param name="values">Any shape.</param>
    /// <param name="axis">What is ordered.</param>
    /// <returns>int64 of the same shape.</returns>
    public static Tensor Ascending(this Tensor values, long axis)
    {
        var (sorted, places) = values.sort(axis, stable: true);
        sorted.Dispose();
        return places;
    }
}
