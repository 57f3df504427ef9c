using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RobustInference.Numerics;

/// <summary>Sums and exponentials along a row, whose length is a multiple of <see cref="RowProduct.Group"/>: sixteen
/// partial sums, whatever the width of the vectors, so that the result is the same to the last bit.</summary>
public static unsafe class RowSums
{
    /// <summary>Σ a b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Dot<T>(float* a, float* b, int length)
        where T : struct, IFloatLanes<T>
    {
        T low = T.All(0),
            high = low;
        for (int at = 0; at < length; at += RowProduct.Group)
        {
            low = T.MultiplyAdd(T.Load(a + at), T.Load(b + at), low);
            if (T.Count < RowProduct.Group)
                high = T.MultiplyAdd(T.Load(a + at + T.Count), T.Load(b + at + T.Count), high);
        }
        return Total(low, high);
    }

    /// <summary>Σ a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Of<T>(float* a, int length)
        where T : struct, IFloatLanes<T>
    {
        T low = T.All(0),
            high = low;
        for (int at = 0; at < length; at += RowProduct.Group)
        {
            low += T.Load(a + at);
            if (T.Count < RowProduct.Group)
                high += T.Load(a + at + T.Count);
        }
        return Total(low, high);
    }

    /// <summary>powers ← exp(logits − max logits), 0 in the places that fill up the row.</summary>
    /// <param name="logits">What fills up the row is overwritten.</param>
    /// <param name="powers">May be the logits.</param>
    /// <param name="count">Logits.</param>
    /// <param name="greatest">max logits.</param>
    /// <returns>The sum of the powers.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Powers<T>(float* logits, float* powers, int count, out float greatest)
        where T : struct, IFloatLanes<T>
    {
        int length = RowProduct.Pad(count);
        new Span<float>(logits + count, length - count).Fill(float.NegativeInfinity);
        T best = T.Load(logits);
        for (int at = T.Count; at < length; at += T.Count)
            best = T.Max(best, T.Load(logits + at));
        Vector512<float> several;
        float* lanes = (float*)&several;
        best.Store(lanes);
        greatest = lanes[0];
        for (int lane = 1; lane < T.Count; lane++)
            greatest = Math.Max(greatest, lanes[lane]);
        T shift = T.All(greatest);
        for (int at = 0; at < length; at += T.Count)
            LaneExponential.Of(T.Load(logits + at) - shift).Store(powers + at);
        new Span<float>(powers + count, length - count).Clear();
        return Of<T>(powers, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Total<T>(T low, T high)
        where T : struct, IFloatLanes<T>
    {
        Vector512<float> sums;
        float* lanes = (float*)&sums;
        low.Store(lanes);
        if (T.Count < RowProduct.Group)
            high.Store(lanes + T.Count);
        var four =
            Vector128.Load(lanes)
            + Vector128.Load(lanes + 4)
            + (Vector128.Load(lanes + 8) + Vector128.Load(lanes + 12));
        return four[0] + four[1] + (four[2] + four[3]);
    }
}
