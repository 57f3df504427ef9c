using System.Numerics;
using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Numerics;

/// <summary>Order statistics along the client axis: the one kernel under the trimmed mean, the median and DeepSet-TM.</summary>
/// <remarks>torch sorts [256, 17, 128] along dim 1 about ten times slower than a network of compare-exchanges over vector lanes. The kernel takes contiguous
/// float32 on the CPU; everything else goes through torch's own sort, with equal results. NaN in gives unspecified values out: rows are validated before.</remarks>
public static class OrderStatistics
{
    const int TileFloats = 256;

    /// <summary>Mean of the order statistics from…to−1 (counted from 0, ascending) of every coordinate.</summary>
    /// <param name="values">[B, n, K].</param>
    /// <param name="from">First order statistic, 0 ≤ from.</param>
    /// <param name="to">One past the last, from &lt; to ≤ n.</param>
    /// <param name="gradient">What the backward pass does at the sort.</param>
    /// <returns>[B, K].</returns>
    /// <exception cref="ArgumentException">Not three axes, or an empty range.</exception>
    public static Tensor RangeMean(Tensor values, int from, int to, SortGradient gradient = SortGradient.True)
    {
        if (values.dim() != 3) throw new ArgumentException($"wanted [B, n, K], got {values.dim()} axes");
        if (from < 0 || to <= from || to > values.shape[1]) throw new ArgumentException($"order statistics {from}…{to - 1} of {values.shape[1]} rows");
        if (is_grad_enabled() && values.requires_grad) return RangeMeanFunction.apply(values, from, to, gradient);
        return Forward(values, from, to);
    }

    /// <summary>Every coordinate's values in ascending order along the client axis.</summary>
    /// <param name="values">[B, n, K].</param>
    /// <returns>[B, n, K]; not differentiable.</returns>
    public static Tensor Sorted(Tensor values)
    {
        using var scope = NewDisposeScope();
        using var source = values.detach().contiguous();
        if (!source.IsFloatsOnCpu()) return source.sort(1).Values.MoveToOuterDisposeScope();
        var sorted = empty_like(source);
        var (samples, rows, width) = Shape(source);
        Tiles.Visit(source, SortingNetwork.Full(rows), new CopySorted(sorted, samples, rows, width));
        return sorted.MoveToOuterDisposeScope();
    }

    static (int Samples, int Rows, int Width) Shape(Tensor values) => ((int)values.shape[0], (int)values.shape[1], (int)values.shape[2]);

    static Tensor Forward(Tensor values, int from, int to)
    {
        using var scope = NewDisposeScope();
        var source = values.detach().contiguous();
        if (!source.IsFloatsOnCpu()) return source.sort(1).Values.narrow(1, from, to - from).mean([1L]).MoveToOuterDisposeScope();
        var (samples, rows, width) = Shape(source);
        var means = empty([samples, width], dtype: ScalarType.Float32);
        Tiles.Visit(source, SortingNetwork.Range(rows, from, to), new AverageRange(means, from, to, width));
        return means.MoveToOuterDisposeScope();
    }

    /// <summary>∂ of the range mean: 1/(to−from) for the rows kept, 0 for the others.</summary>
    static Tensor TrueGradient(Tensor values, Tensor outer, int from, int to)
    {
        using var scope = NewDisposeScope();
        var source = values.detach().contiguous();
        var incoming = outer.contiguous();
        if (!source.IsFloatsOnCpu() || !incoming.IsFloatsOnCpu())
        {
            var order = source.sort(1, stable: true).Indices.narrow(1, from, to - from);
            var share = (incoming / (to - from)).unsqueeze(1).expand(order.shape);
            return zeros_like(source).scatter_(1, order, share).MoveToOuterDisposeScope();
        }
        var gradient = empty_like(source);
        Tiles.Visit(source, SortingNetwork.Range((int)source.shape[1], from, to), new SpreadGradient(source, incoming, gradient, from, to));
        return gradient.MoveToOuterDisposeScope();
    }

    sealed class RangeMeanFunction : autograd.SingleTensorFunction<RangeMeanFunction>
    {
        public override string Name => nameof(RangeMeanFunction);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var values = (Tensor)vars[0];
            ctx.save_for_backward([values]);
            ctx.save_data("from", vars[1]);
            ctx.save_data("to", vars[2]);
            ctx.save_data("gradient", vars[3]);
            return Forward(values, (int)vars[1], (int)vars[2]);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            var values = ctx.get_saved_variables()[0];
            var gradient = (SortGradient)ctx.get_data("gradient") == SortGradient.Mean
                ? (grad_output / values.shape[1]).unsqueeze(1).expand(values.shape)
                : TrueGradient(values, grad_output, (int)ctx.get_data("from"), (int)ctx.get_data("to"));
            return [gradient, null!, null!, null!];
        }
    }

    /// <summary>What is done with a tile: n rows of samples × width values, sorted column by column.</summary>
    unsafe interface ITileVisitor
    {
        void Visit(float* tile, int stride, int firstSample, int samples);
    }

    static unsafe class Tiles
    {
        /// <summary>Copies samples side by side into tiles that stay in the first-level cache, runs the network over vector lanes, and hands each tile on.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Visit<TVisitor>(Tensor source, SortingNetwork network, TVisitor visitor) where TVisitor : struct, ITileVisitor
        {
            var (samples, rows, width) = Shape(source);
            int perTile = Math.Max(1, TileFloats / width), lanes = Vector<float>.Count;
            int stride = (perTile * width + lanes - 1) / lanes * lanes;
            float[] buffer = new float[rows * stride];
            var exchanges = network.Exchanges;
            fixed (float* values = source.Floats(), tile = buffer)
            {
                for (int first = 0; first < samples; first += perTile)
                {
                    int count = Math.Min(perTile, samples - first);
                    for (int s = 0; s < count; s++)
                        for (int r = 0; r < rows; r++)
                            Unsafe.CopyBlockUnaligned(tile + r * stride + s * width, values + ((long)(first + s) * rows + r) * width, (uint)(width * sizeof(float)));
                    for (int lane = 0; lane < count * width; lane += lanes)
                    {
                        float* column = tile + lane;
                        foreach (var (low, high) in exchanges)
                        {
                            var a = Vector.Load(column + low * stride);
                            var b = Vector.Load(column + high * stride);
                            Vector.MinNative(a, b).Store(column + low * stride);
                            Vector.MaxNative(a, b).Store(column + high * stride);
                        }
                    }
                    visitor.Visit(tile, stride, first, count);
                }
            }
        }
    }

    readonly unsafe struct CopySorted(Tensor sorted, int samples, int rows, int width) : ITileVisitor
    {
        public void Visit(float* tile, int stride, int firstSample, int count)
        {
            _ = samples;
            var target = sorted.Floats();
            for (int s = 0; s < count; s++)
                for (int r = 0; r < rows; r++)
                    new ReadOnlySpan<float>(tile + r * stride + s * width, width).CopyTo(target[(((firstSample + s) * rows + r) * width)..]);
        }
    }

    readonly unsafe struct AverageRange(Tensor means, int from, int to, int width) : ITileVisitor
    {
        public void Visit(float* tile, int stride, int firstSample, int count)
        {
            int used = count * width, lanes = Vector<float>.Count;
            var scale = new Vector<float>(1f / (to - from));
            for (int lane = 0; lane < used; lane += lanes)
            {
                var sum = Vector.Load(tile + from * stride + lane);
                for (int r = from + 1; r < to; r++) sum += Vector.Load(tile + r * stride + lane);
                (sum * scale).Store(tile + lane);                    // row 0 is not needed any more
            }
            new ReadOnlySpan<float>(tile, used).CopyTo(means.Floats()[(firstSample * width)..]);
        }
    }

    /// <summary>Finds the least and the greatest kept value of every column, then walks the rows in order: a row is kept when its place in a stable sort is in the range.</summary>
    readonly unsafe struct SpreadGradient(Tensor source, Tensor incoming, Tensor gradient, int from, int to) : ITileVisitor
    {
        public void Visit(float* tile, int stride, int firstSample, int count)
        {
            int rows = (int)source.shape[1], width = (int)source.shape[2], lanes = Vector<float>.Count;
            float scale = 1f / (to - from);
            fixed (float* values = source.Floats(), outer = incoming.Floats(), target = gradient.Floats())
                for (int s = 0; s < count; s++)
                {
                    float* own = values + (long)(firstSample + s) * rows * width, share = outer + (long)(firstSample + s) * width;
                    float* result = target + (long)(firstSample + s) * rows * width;
                    int j = 0;
                    for (; j <= width - lanes; j += lanes)
                    {
                        float* sorted = tile + s * width + j;
                        Vector<float> least = Vector.Load(sorted + from * stride), greatest = least;
                        for (int r = from + 1; r < to; r++)
                        {
                            var kept = Vector.Load(sorted + r * stride);
                            least = Vector.MinNative(least, kept);
                            greatest = Vector.MaxNative(greatest, kept);
                        }
                        Vector<int> placeOfLeast = Vector<int>.Zero, placeOfGreatest = Vector<int>.Zero;
                        for (int r = 0; r < rows; r++)
                        {
                            var v = Vector.Load(own + r * width + j);
                            placeOfLeast -= Vector.LessThan(v, least);
                            placeOfGreatest -= Vector.LessThan(v, greatest);
                        }
                        var given = Vector.Load(share + j) * scale;
                        Vector<int> first = new(from), end = new(to);
                        for (int r = 0; r < rows; r++)
                        {
                            var v = Vector.Load(own + r * width + j);
                            Vector<int> isLeast = Vector.Equals(v, least), isGreatest = Vector.Equals(v, greatest);
                            var inside = Vector.GreaterThan(v, least) & Vector.LessThan(v, greatest);
                            inside |= isLeast & Vector.GreaterThanOrEqual(placeOfLeast, first) & Vector.LessThan(placeOfLeast, end);
                            inside |= Vector.AndNot(isGreatest, isLeast) & Vector.LessThan(placeOfGreatest, end);
                            placeOfLeast -= isLeast;
                            placeOfGreatest -= isGreatest;
                            Vector.ConditionalSelect(inside, given, Vector<float>.Zero).Store(result + r * width + j);
                        }
                    }
                    for (; j < width; j++) Column(tile + s * width + j, stride, own + j, result + j, rows, width, share[j] * scale);
                }
        }

        void Column(float* sorted, int stride, float* own, float* result, int rows, int width, float given)
        {
            float least = float.PositiveInfinity, greatest = float.NegativeInfinity;
            for (int r = from; r < to; r++)
            {
                least = Math.Min(least, sorted[r * stride]);
                greatest = Math.Max(greatest, sorted[r * stride]);
            }
            int placeOfLeast = 0, placeOfGreatest = 0;
            for (int r = 0; r < rows; r++)
            {
                if (own[r * width] < least) placeOfLeast++;
                if (own[r * width] < greatest) placeOfGreatest++;
            }
            for (int r = 0; r < rows; r++)
            {
                float v = own[r * width];
                bool inside = v > least && v < greatest
                    || v == least && placeOfLeast >= from && placeOfLeast < to
                    || v == greatest && v != least && placeOfGreatest < to;
                if (v == least) placeOfLeast++;
                if (v == greatest) placeOfGreatest++;
                result[r * width] = inside ? given : 0;
            }
        }
    }
}
