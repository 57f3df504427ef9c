using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Numerics;

/// <summary>The sub-gradient of a mean of order statistics: 1/(to−from) for the rows that are kept, 0 for the others;
/// among equal values those of earlier rows come first.</summary>
static class RangeGradient
{
    /// <summary>Spreads the gradient at the mean over the rows.</summary>
    /// <param name="values">[B, n, K].</param>
    /// <param name="bounds">Least and greatest kept value, [B, K] each; null where torch has to sort again.</param>
    /// <param name="outer">[B, K].</param>
    /// <param name="from">First order statistic.</param>
    /// <param name="to">One past the last.</param>
    /// <returns>[B, n, K].</returns>
    public static Tensor Of(Tensor values, (Tensor Least, Tensor Greatest)? bounds, Tensor outer, int from, int to)
    {
        using var scope = NewDisposeScope();
        var source = values.detach().contiguous();
        var incoming = outer.contiguous();
        if (bounds is not var (least, greatest) || !incoming.IsFloatsOnCpu())
        {
            var order = source.sort(1, stable: true).Indices.narrow(1, from, to - from);
            var share = (incoming / (to - from)).unsqueeze(1).expand(order.shape);
            return zeros_like(source).scatter_(1, order, share).MoveToOuterDisposeScope();
        }
        var gradient = empty_like(source);
        Spread(source, least, greatest, incoming, gradient, from, to);
        return gradient.MoveToOuterDisposeScope();
    }

    static unsafe void Spread(
        Tensor source,
        Tensor least,
        Tensor greatest,
        Tensor incoming,
        Tensor gradient,
        int from,
        int to
    )
    {
        int samples = (int)source.shape[0],
            rows = (int)source.shape[1],
            width = (int)source.shape[2],
            lanes = Vector<float>.Count;
        var scale = new Vector<float>(1f / (to - from));
        var wanted = new Vector<int>(to - from);
        fixed (
            float* values = source.Floats(),
                low = least.Floats(),
                high = greatest.Floats(),
                given = incoming.Floats(),
                target = gradient.Floats()
        )
            for (int s = 0; s < samples; s++)
            {
                float* own = values + (long)s * rows * width,
                    result = target + (long)s * rows * width;
                float* a = low + (long)s * width,
                    b = high + (long)s * width,
                    share = given + (long)s * width;
                int j = 0;
                for (; j <= width - lanes; j += lanes)
                {
                    Vector<float> minimum = Vector.Load(a + j),
                        maximum = Vector.Load(b + j),
                        value = Vector.Load(share + j) * scale;
                    var kept = Vector<int>.Zero;
                    for (int r = 0; r < rows; r++)
                    {
                        var row = Vector.Load(own + r * width + j);
                        var inside = Vector.GreaterThanOrEqual(row, minimum) & Vector.LessThanOrEqual(row, maximum);
                        kept -= inside;
                        Vector.ConditionalSelect(inside, value, Vector<float>.Zero).Store(result + r * width + j);
                    }
                    if (kept != wanted) // a value at a bound stands more than once
                        for (int i = j; i < j + lanes; i++)
                            Column(own + i, a[i], b[i], share[i] / (to - from), result + i, rows, width, from, to);
                }
                for (; j < width; j++)
                    Column(own + j, a[j], b[j], share[j] / (to - from), result + j, rows, width, from, to);
            }
    }

    /// <summary>One column, ties included: a row is kept when its place in a stable sort is in the range.</summary>
    static unsafe void Column(
        float* own,
        float least,
        float greatest,
        float given,
        float* result,
        int rows,
        int width,
        int from,
        int to
    )
    {
        int placeOfLeast = 0,
            placeOfGreatest = 0;
        for (int r = 0; r < rows; r++)
        {
            if (own[r * width] < least)
                placeOfLeast++;
            if (own[r * width] < greatest)
                placeOfGreatest++;
        }
        for (int r = 0; r < rows; r++)
        {
            float v = own[r * width];
            bool inside =
                v > least && v < greatest
                || v == least && placeOfLeast >= from && placeOfLeast < to
                || v == greatest && v != least && placeOfGreatest < to;
            if (v == least)
                placeOfLeast++;
            if (v == greatest)
                placeOfGreatest++;
            result[r * width] = inside ? given : 0;
        }
    }
}
