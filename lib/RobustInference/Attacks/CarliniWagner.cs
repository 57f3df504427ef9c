using System.Runtime.CompilerServices;
using RobustInference.Aggregators;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace RobustInference.Attacks;

/// <summary>The Carlini–Wagner loss that an attacker maximises: −max(p_y − max_{k≠y} p_k + c, 0) (Carlini and Wagner,
/// 2017; paper, Section 4.2).</summary>
/// <remarks>p is the softmax of a network's scores or the normalised scores of a static rule. It is zero, and so is its
/// gradient, once another class leads by c.</remarks>
/// <param name="scale">How scores become p.</param>
/// <param name="confidence">c.</param>
public sealed class CarliniWagner(ScoreScale scale, float confidence = 0.1f)
{
    readonly float confidence = Argument.AtLeast(confidence, 0);

    /// <summary>How scores become p.</summary>
    public ScoreScale Scale => scale;

    /// <summary>The gradient with respect to the scores.</summary>
    /// <param name="scores">[B, K], contiguous float32 on the CPU.</param>
    /// <param name="labels">B labels.</param>
    /// <param name="active">Set to whether a sample's loss is below zero; where it is not, the gradient is
    /// zero.</param>
    /// <returns>[B, K].</returns>
    public Tensor Gradient(Tensor scores, ReadOnlySpan<int> labels, Span<bool> active)
    {
        var result = zeros_like(scores);
        int width = (int)scores.shape[1];
        Span<float> rows = scores.Floats(),
            gradients = result.Floats();
        Span<float> p = width <= 1024 ? stackalloc float[width] : new float[width];
        for (int s = 0; s < labels.Length; s++)
        {
            var row = rows.Slice(s * width, width);
            float sum = 1;
            if (scale == ScoreScale.Logits)
                Softmax.OfRows(row, p, width);
            else
            {
                sum = 0;
                foreach (float value in row)
                    sum += value;
                sum = Math.Max(sum, Weights.Least);
                for (int k = 0; k < width; k++)
                    p[k] = row[k] / sum;
            }
            int label = labels[s],
                rival = Rival(p, label);
            active[s] = p[label] - p[rival] + confidence > 0;
            if (!active[s])
                continue;
            var gradient = gradients.Slice(s * width, width);
            float inner = p[rival] - p[label];
            if (scale == ScoreScale.Logits)
            {
                for (int k = 0; k < width; k++)
                    gradient[k] = -p[k] * inner;
                gradient[label] -= p[label];
                gradient[rival] += p[rival];
            }
            else
            {
                if (sum > Weights.Least)
                    for (int k = 0; k < width; k++)
                        gradient[k] = -inner / sum;
                gradient[label] -= 1 / sum;
                gradient[rival] += 1 / sum;
            }
        }
        return result;
    }

    /// <summary>The same gradient with a sample in every lane, where p is a softmax.</summary>
    /// <param name="scores">[K][stride].</param>
    /// <param name="labels">[stride]; a class up to 2²⁴ is exact in a float.</param>
    /// <param name="gradient">[K][stride], written.</param>
    /// <param name="classes">K.</param>
    /// <param name="vectors">How many of the vectors are in use.</param>
    /// <returns>A bit a lane: whether the loss is below zero. Where it is not, the gradient is zero.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal unsafe ulong Gradient<T>(float* scores, float* labels, float* gradient, int classes, int vectors)
        where T : struct, IFloatLanes<T>
    {
        int stride = LaneProduct.Stride<T>();
        ulong active = 0;
        LaneSoftmax.OfColumns<T>(scores, gradient, classes, vectors);
        T none = T.All(0),
            one = T.All(1);
        for (int lane = 0; lane < vectors * T.Count; lane += T.Count)
        {
            float* p = gradient + lane;
            T label = T.Load(labels + lane),
                right = none,
                best = T.All(-1),
                rival = none;
            for (int k = 0; k < classes; k++)
            {
                T value = T.Load(p + k * stride),
                    own = T.Equal(label, T.All(k));
                right = T.Select(own, value, right);
                value = T.Select(own, T.All(-1), value);
                T better = T.Greater(value, best);
                best = T.Select(better, value, best);
                rival = T.Select(better, T.All(k), rival);
            }
            T inner = best - right,
                stands = T.Greater(T.All(confidence), inner);
            active |= T.Bits(stands) << lane;
            for (int k = 0; k < classes; k++)
            {
                T value = T.Load(p + k * stride),
                    sign =
                        T.Select(T.Equal(rival, T.All(k)), one, none) - T.Select(T.Equal(label, T.All(k)), one, none);
                T.Select(stands, value * (sign - inner), none).Store(p + k * stride);
            }
        }
        return active;
    }

    /// <summary>The same gradient of a few rows, where p is a softmax.</summary>
    /// <param name="scores">[count][stride]; the gradient is written over them, with zeros in the places that fill up
    /// a row.</param>
    /// <param name="stride">Floats from one row to the next.</param>
    /// <param name="labels">Of the rows, at most 64.</param>
    /// <param name="classes">K.</param>
    /// <returns>A bit a row: whether the loss is below zero. Where it is not, the gradient is zero.</returns>
    internal unsafe ulong GradientOfRows<T>(float* scores, int stride, ReadOnlySpan<int> labels, int classes)
        where T : struct, IFloatLanes<T>
    {
        ulong active = 0;
        for (int r = 0; r < labels.Length; r++, scores += stride)
        {
            float total = RowSums.Powers<T>(scores, scores, classes, out _);
            var p = new Span<float>(scores, classes);
            TensorPrimitives.Multiply(p, 1 / total, p);
            int label = labels[r];
            float right = p[label];
            p[label] = -1;
            int rival = TensorPrimitives.IndexOfMax<float>(p);
            p[label] = right;
            float best = p[rival],
                inner = best - right;
            if (!(confidence > inner))
            {
                p.Clear();
                continue;
            }
            active |= 1UL << r;
            TensorPrimitives.Multiply(p, -inner, p);
            p[label] -= right;
            p[rival] += best;
        }
        return active;
    }

    /// <summary>The same gradient in torch's operators, for other devices: nothing is read back.</summary>
    /// <param name="scores">[B, K].</param>
    /// <param name="labels">[B].</param>
    /// <returns>[B, K]; zeros where the loss is zero.</returns>
    public Tensor Gradient(Tensor scores, Tensor labels)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var own = labels.unsqueeze(1);
        var sum = scores.sum(1, keepdim: true);
        var total = sum.clamp_min(Weights.Least);
        var p = scale == ScoreScale.Logits ? scores.softmax(-1) : scores / total;
        var isOwn = zeros_like(p).scatter_(1, own, ones_like(own, dtype: p.dtype));
        var rival = p.masked_fill(isOwn > 0, double.NegativeInfinity).argmax(1, keepdim: true);
        var isRival = zeros_like(p).scatter_(1, rival, ones_like(rival, dtype: p.dtype));
        var inner = p.gather(1, rival) - p.gather(1, own);
        var gradient =
            scale == ScoreScale.Logits
                ? p * (isRival - isOwn - inner)
                : (isRival - isOwn - inner * (sum > Weights.Least)) / total;
        return (gradient * (confidence - inner > 0)).MoveToOuterDisposeScope();
    }

    /// <summary>The loss of every sample, in torch's operators; differentiable.</summary>
    /// <param name="probabilities">[B, K].</param>
    /// <param name="labels">[B].</param>
    /// <returns>[B], at most 0.</returns>
    public Tensor Loss(Tensor probabilities, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var own = labels.unsqueeze(1);
        var right = probabilities.gather(1, own).squeeze(1);
        var rival = probabilities
            .scatter(1, own, full_like(own, double.NegativeInfinity, dtype: probabilities.dtype))
            .amax([1L]);
        return (right - rival + confidence).clamp_min(0).neg().MoveToOuterDisposeScope();
    }

    static int Rival(ReadOnlySpan<float> p, int label)
    {
        int rival = label == 0 ? 1 : 0;
        for (int k = 0; k < p.Length; k++)
            if (k != label && p[k] > p[rival])
                rival = k;
        return rival;
    }
}
