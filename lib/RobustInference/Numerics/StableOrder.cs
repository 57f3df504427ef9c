using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Numerics;

/// <summary>Places in the order of their values, ties in the order in which they stand.</summary>
/// <remarks>argsort and topk leave ties in an order of their own, which on a GPU is another one than on a processor,
/// and on a processor another one with AVX2 than without. Where values may tie and places choose what is done next,
/// results would depend on the machine.</remarks>
public static class StableOrder
{
    /// <summary>Places along <paramref name="axis"/>, the least value first.</summary>
    /// <param name="values">Any shape.</param>
    /// <param name="axis">What is ordered.</param>
    /// <returns>int64 of the same shape.</returns>
    public static Tensor Ascending(this Tensor values, long axis)
    {
        var (sorted, places) = values.sort(axis, stable: true);
        sorted.Dispose();
        return places;
    }

    /// <summary>The places of the greatest values along <paramref name="axis"/>, the greatest first.</summary>
    /// <param name="values">Any shape.</param>
    /// <param name="count">How many, at most as many as there are.</param>
    /// <param name="axis">What is ordered.</param>
    /// <returns>int64 of the same shape, but for <paramref name="count"/> along <paramref name="axis"/>.</returns>
    public static Tensor Greatest(this Tensor values, long count, long axis)
    {
        using var scope = NewDisposeScope();
        return values
            .sort(axis, descending: true, stable: true)
            .Indices.narrow(axis, 0, count)
            .MoveToOuterDisposeScope();
    }
}
