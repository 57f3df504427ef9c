using System.Runtime.CompilerServices;

namespace RobustInference.Numerics;

/// <summary>Matrix products with a sample in every lane: outputs × inputs weights times columns of which up to three
/// vectors stand side by side.</summary>
/// <remarks>Twelve sums stay in registers, and every weight that is read meets three vectors, also where a matrix is
/// small. What follows a product (a bias is its beginning) is done while the sums are in registers.</remarks>
public static unsafe class LaneProduct
{
    /// <summary>Vectors side by side.</summary>
    public const int Vectors = 3;

    /// <summary>What is done with a sum.</summary>
    public interface ITake<T>
        where T : struct, IFloatLanes<T>
    {
        /// <param name="at">Output · stride + lane: the place in an array of outputs.</param>
        /// <param name="lane">The first lane of the vector.</param>
        /// <param name="sum">What was summed.</param>
        void Take(int at, int lane, T sum);
    }

    /// <summary>Sums are stored.</summary>
    public readonly struct Store<T>(float* to) : ITake<T>
        where T : struct, IFloatLanes<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Take(int at, int lane, T sum) => sum.Store(to + at);
    }

    /// <summary>Floats from an input to the next.</summary>
    public static int Stride<T>()
        where T : struct, IFloatLanes<T> => Vectors * T.Count;

    /// <summary>Hands bias + Σ weight · input of every output and lane on.</summary>
    /// <param name="layer">The weights.</param>
    /// <param name="inputs">[inputs][stride].</param>
    /// <param name="vectors">How many of the vectors are in use, 1 to 3.</param>
    /// <param name="take">What is done with the sums; also with those of outputs that fill up the last tile.</param>
    public static void Multiply<T, TTake>(PackedMatrix layer, float* inputs, int vectors, TTake take)
        where T : struct, IFloatLanes<T>
        where TTake : struct, ITake<T>
    {
        if (vectors == 3)
            Multiply<T, TTake, Unrolled.Three>(layer.Weights, layer.Bias, inputs, layer.Inputs, layer.Padded, take);
        else if (vectors == 2)
            Multiply<T, TTake, Unrolled.Two>(layer.Weights, layer.Bias, inputs, layer.Inputs, layer.Padded, take);
        else
            Multiply<T, TTake, Unrolled.One>(layer.Weights, layer.Bias, inputs, layer.Inputs, layer.Padded, take);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Multiply<T, TTake, TUsed>(
        float* weights,
        float* bias,
        float* inputs,
        int count,
        int outputs,
        TTake take
    )
        where T : struct, IFloatLanes<T>
        where TTake : struct, ITake<T>
        where TUsed : struct, IUnrolled
    {
        int stride = Vectors * T.Count;
        float* end = inputs + count * stride;
        for (int o = 0; o < outputs; o += PackedMatrix.Tile)
        {
            T a0 = T.All(bias[o]),
                a1 = a0,
                a2 = a0,
                b0 = T.All(bias[o + 1]),
                b1 = b0,
                b2 = b0,
                c0 = T.All(bias[o + 2]),
                c1 = c0,
                c2 = c0,
                d0 = T.All(bias[o + 3]),
                d1 = d0,
                d2 = d0;
            for (float* at = inputs; at < end; at += stride, weights += PackedMatrix.Tile)
            {
                T x0 = T.Load(at),
                    x1 = TUsed.Count > 1 ? T.Load(at + T.Count) : x0,
                    x2 = TUsed.Count > 2 ? T.Load(at + 2 * T.Count) : x0;
                T w = T.All(weights[0]);
                a0 = T.MultiplyAdd(w, x0, a0);
                if (TUsed.Count > 1)
                    a1 = T.MultiplyAdd(w, x1, a1);
                if (TUsed.Count > 2)
                    a2 = T.MultiplyAdd(w, x2, a2);
                w = T.All(weights[1]);
                b0 = T.MultiplyAdd(w, x0, b0);
                if (TUsed.Count > 1)
                    b1 = T.MultiplyAdd(w, x1, b1);
                if (TUsed.Count > 2)
                    b2 = T.MultiplyAdd(w, x2, b2);
                w = T.All(weights[2]);
                c0 = T.MultiplyAdd(w, x0, c0);
                if (TUsed.Count > 1)
                    c1 = T.MultiplyAdd(w, x1, c1);
                if (TUsed.Count > 2)
                    c2 = T.MultiplyAdd(w, x2, c2);
                w = T.All(weights[3]);
                d0 = T.MultiplyAdd(w, x0, d0);
                if (TUsed.Count > 1)
                    d1 = T.MultiplyAdd(w, x1, d1);
                if (TUsed.Count > 2)
                    d2 = T.MultiplyAdd(w, x2, d2);
            }
            Take<T, TTake, TUsed>(take, o * stride, a0, a1, a2);
            Take<T, TTake, TUsed>(take, (o + 1) * stride, b0, b1, b2);
            Take<T, TTake, TUsed>(take, (o + 2) * stride, c0, c1, c2);
            Take<T, TTake, TUsed>(take, (o + 3) * stride, d0, d1, d2);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Take<T, TTake, TUsed>(TTake take, int at, T first, T second, T third)
        where T : struct, IFloatLanes<T>
        where TTake : struct, ITake<T>
        where TUsed : struct, IUnrolled
    {
        take.Take(at, 0, first);
        if (TUsed.Count > 1)
            take.Take(at + T.Count, T.Count, second);
        if (TUsed.Count > 2)
            take.Take(at + 2 * T.Count, 2 * T.Count, third);
    }
}
