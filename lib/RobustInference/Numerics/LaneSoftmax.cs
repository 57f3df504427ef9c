using System.Runtime.CompilerServices;

namespace RobustInference.Numerics;

/// <summary>As <see cref="Softmax"/>, with a row in every lane: nothing is summed across a vector.</summary>
static unsafe class LaneSoftmax
{
    /// <summary>probabilities ← softmax of the logits, lane by lane.</summary>
    /// <param name="logits">[K][stride].</param>
    /// <param name="probabilities">[K][stride].</param>
    /// <param name="classes">K.</param>
    /// <param name="vectors">How many of the vectors are in use.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OfColumns<T>(float* logits, float* probabilities, int classes, int vectors)
        where T : struct, IFloatLanes<T>
    {
        int stride = LaneProduct.Stride<T>(),
            size = classes * stride;
        for (int lane = 0; lane < vectors * T.Count; lane += T.Count)
        {
            float* from = logits + lane,
                to = probabilities + lane;
            T greatest = T.Load(from);
            for (int at = stride; at < size; at += stride)
                greatest = T.Max(greatest, T.Load(from + at));
            T sum = T.All(0);
            for (int at = 0; at < size; at += stride)
            {
                T power = LaneExponential.Of(T.Load(from + at) - greatest);
                power.Store(to + at);
                sum += power;
            }
            T scale = T.All(1) / sum;
            for (int at = 0; at < size; at += stride)
                (T.Load(to + at) * scale).Store(to + at);
        }
    }

    /// <summary>logits ← logits + step · sign(g − Σ p g), lane by lane: see
    /// <see cref="Softmax.SignStepInplace"/>.</summary>
    /// <param name="logits">[K][stride], changed in place.</param>
    /// <param name="probabilities">Their softmax.</param>
    /// <param name="gradient">∂loss/∂probabilities, [K][stride].</param>
    /// <param name="classes">K.</param>
    /// <param name="vectors">How many of the vectors are in use.</param>
    /// <param name="step">Size of the step.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SignStepInplace<T>(
        float* logits,
        float* probabilities,
        float* gradient,
        int classes,
        int vectors,
        float step
    )
        where T : struct, IFloatLanes<T>
    {
        int stride = LaneProduct.Stride<T>(),
            size = classes * stride;
        T up = T.All(step),
            none = T.All(0);
        for (int lane = 0; lane < vectors * T.Count; lane += T.Count)
        {
            T level = none;
            for (int at = lane; at < size; at += stride)
                level = T.MultiplyAdd(T.Load(gradient + at), T.Load(probabilities + at), level);
            for (int at = lane; at < size; at += stride)
            {
                T slope = T.Load(gradient + at);
                T rise = T.Select(T.Greater(slope, level), up, none) - T.Select(T.Greater(level, slope), up, none);
                (T.Load(logits + at) + rise).Store(logits + at);
            }
        }
    }
}
