using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Numerics;

/// <summary>Smoothed Weiszfeld iterations for the geometric median (Weiszfeld, 1937; smoothing as in Pillutla et al.,
/// 2022), and their exact derivative.</summary>
/// <remarks>z₀ is the mean; z ← Σ w_i x_i / Σ w_i with w_i = 1 / max(‖x_i − z‖, ε); a sample stops when z moved by at
/// most the tolerance, at the latest after the last iteration. The loop runs over vector lanes of samples, each with
/// its own stop, so an answer never depends on what else is in the batch. The derivative is taken backwards through the
/// iterations that were made: with g the gradient at z′ = Σ w x / Σ w and c_i = g·(x_i − z′)/Σw, row i gets (w_i/Σw)·g
/// − c_i w_i³ (x_i − z), and z gets Σ_i c_i w_i³ (x_i − z); a row within ε of z has a constant weight.
/// </remarks>
public static class Weiszfeld
{
    public const int Iterations = 20;
    public const float Epsilon = 1e-8f,
        Tolerance = 1e-6f;

    /// <summary>The median of every sample's rows.</summary>
    /// <param name="rows">[B, n, K], contiguous float32 on the CPU.</param>
    /// <returns>[B, K].</returns>
    public static Tensor Median(Tensor rows)
    {
        var result = empty([rows.shape[0], rows.shape[2]], dtype: ScalarType.Float32);
        Visit(rows, result, null, null, 0);
        return result;
    }

    /// <summary>The gradient with respect to the last <paramref name="changing"/> rows.</summary>
    /// <param name="rows">[B, n, K].</param>
    /// <param name="outer">[B, K], the gradient at the median.</param>
    /// <param name="changing">m.</param>
    /// <returns>[B, m, K].</returns>
    public static Tensor Gradient(Tensor rows, Tensor outer, int changing)
    {
        var result = empty([rows.shape[0], changing, rows.shape[2]], dtype: ScalarType.Float32);
        Visit(rows, null, outer.contiguous(), result, changing);
        return result;
    }

    static unsafe void Visit(Tensor rows, Tensor? median, Tensor? outer, Tensor? gradient, int changing)
    {
        int samples = (int)rows.shape[0],
            n = (int)rows.shape[1],
            k = (int)rows.shape[2],
            lanes = Vector<float>.Count;
        var block = new Block(n, k, changing, lanes);
        fixed (float* x = rows.Floats())
            for (int first = 0; first < samples; first += lanes)
            {
                int count = Math.Min(lanes, samples - first);
                block.Load(x + (long)first * n * k, count);
                block.Iterate();
                if (median is not null)
                    block.StoreMedian(median.Floats()[(first * k)..], count);
                if (gradient is not null)
                {
                    block.Pull(outer!.Floats().Slice(first * k, count * k), count);
                    block.StoreGradient(gradient.Floats()[(first * changing * k)..], count);
                }
            }
    }

    /// <summary>One lane a sample: x is [n][K], the path of z is [iterations + 1][K], the weights are
    /// [iterations][n].</summary>
    sealed class Block(int n, int k, int changing, int lanes)
    {
        readonly Vector<float>[] x = new Vector<float>[n * k],
            path = new Vector<float>[(Iterations + 1) * k],
            weights = new Vector<float>[Iterations * n];
        readonly Vector<float>[] sums = new Vector<float>[Iterations],
            pulled = new Vector<float>[n * k],
            next = new Vector<float>[k],
            g = new Vector<float>[k];
        readonly Vector<int>[] moving = new Vector<int>[Iterations];
        readonly float[] lane = new float[lanes];
        int made;

        public unsafe void Load(float* rows, int count)
        {
            fixed (Vector<float>* target = x)
            {
                float* to = (float*)target;
                for (int s = 0; s < lanes; s++) // missing samples repeat the last one
                {
                    float* from = rows + (long)Math.Min(s, count - 1) * n * k;
                    for (int i = 0; i < n * k; i++)
                        to[i * lanes + s] = from[i];
                }
            }
        }

        public void Iterate()
        {
            for (int j = 0; j < k; j++)
            {
                var sum = x[j];
                for (int i = 1; i < n; i++)
                    sum += x[i * k + j];
                path[j] = sum / new Vector<float>(n);
            }
            var active = Vector<int>.AllBitsSet;
            var least = new Vector<float>(Epsilon * Epsilon);
            for (made = 0; made < Iterations && active != Vector<int>.Zero; made++)
            {
                moving[made] = active;
                var z = path.AsSpan(made * k, k);
                var moved = path.AsSpan((made + 1) * k, k);
                var total = Vector<float>.Zero;
                next.AsSpan().Clear();
                for (int i = 0; i < n; i++)
                {
                    var row = x.AsSpan(i * k, k);
                    var square = Vector<float>.Zero;
                    for (int j = 0; j < row.Length; j++)
                    {
                        var difference = row[j] - z[j];
                        square = Vector.FusedMultiplyAdd(difference, difference, square);
                    }
                    var weight = Vector<float>.One / Vector.SquareRoot(Vector.MaxNative(square, least));
                    weights[made * n + i] = weight;
                    total += weight;
                    for (int j = 0; j < row.Length; j++)
                        next[j] = Vector.FusedMultiplyAdd(weight, row[j], next[j]);
                }
                sums[made] = total;
                var step = Vector<float>.Zero;
                for (int j = 0; j < k; j++)
                {
                    var value = Vector.ConditionalSelect(active, next[j] / total, z[j]);
                    var difference = value - z[j];
                    step = Vector.FusedMultiplyAdd(difference, difference, step);
                    moved[j] = value;
                }
                active &= Vector.GreaterThan(step, new Vector<float>(Tolerance * Tolerance));
            }
        }

        public void Pull(ReadOnlySpan<float> outer, int count)
        {
            for (int j = 0; j < k; j++)
            {
                for (int s = 0; s < lanes; s++)
                    lane[s] = s < count ? outer[s * k + j] : 0;
                g[j] = new Vector<float>(lane);
            }
            pulled.AsSpan().Clear();
            var constant = new Vector<float>(1 / Epsilon * 0.999f);
            for (int t = made - 1; t >= 0; t--)
            {
                var z = path.AsSpan(t * k, k);
                var after = path.AsSpan((t + 1) * k, k);
                var zero = Vector<float>.Zero;
                next.AsSpan().Clear(); // the gradient at z
                for (int i = 0; i < n; i++)
                {
                    var row = x.AsSpan(i * k, k);
                    var weight = weights[t * n + i];
                    var dot = zero;
                    for (int j = 0; j < row.Length; j++)
                        dot = Vector.FusedMultiplyAdd(g[j], row[j] - after[j], dot);
                    var share = Vector.ConditionalSelect(moving[t], weight / sums[t], zero);
                    var curve = Vector.ConditionalSelect(
                        Vector.LessThan(weight, constant),
                        share * dot * weight * weight,
                        zero
                    );
                    bool own = i >= n - changing;
                    for (int j = 0; j < row.Length; j++)
                    {
                        var bend = curve * (row[j] - z[j]);
                        if (own)
                            pulled[i * k + j] += share * g[j] - bend;
                        next[j] += bend;
                    }
                }
                for (int j = 0; j < k; j++)
                    g[j] = Vector.ConditionalSelect(moving[t], next[j], g[j]);
            }
            for (int i = n - changing; i < n; i++)
            for (int j = 0; j < k; j++)
                pulled[i * k + j] += g[j] / new Vector<float>(n);
        }

        public void StoreMedian(Span<float> target, int count)
        {
            for (int s = 0; s < count; s++)
            for (int j = 0; j < k; j++)
                target[s * k + j] = path[made * k + j][s];
        }

        public void StoreGradient(Span<float> target, int count)
        {
            int first = (n - changing) * k;
            for (int s = 0; s < count; s++)
            for (int i = 0; i < changing * k; i++)
                target[s * changing * k + i] = pulled[first + i][s];
        }
    }
}
