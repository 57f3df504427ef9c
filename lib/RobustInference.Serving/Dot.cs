using System.Numerics;

namespace RobustInference.Serving;

/// <summary>Sums of products in float64, several lanes at a time: all that small networks need.</summary>
internal static class Dot
{
    /// <summary>Σ aᵢbᵢ.</summary>
    public static double Of(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        int width = Vector<double>.Count,
            i = 0;
        b = b[..a.Length];
        Vector<double> first = default,
            second = default;
        for (; i <= a.Length - 2 * width; i += 2 * width)
        {
            first += new Vector<double>(a[i..]) * new Vector<double>(b[i..]);
            second += new Vector<double>(a[(i + width)..]) * new Vector<double>(b[(i + width)..]);
        }
        double sum = Vector.Sum(first + second);
        for (; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    /// <summary>Σ |aᵢ|bᵢ.</summary>
    public static double Sizes(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        int width = Vector<double>.Count,
            i = 0;
        b = b[..a.Length];
        Vector<double> first = default;
        for (; i <= a.Length - width; i += width)
            first += Vector.Abs(new Vector<double>(a[i..])) * new Vector<double>(b[i..]);
        double sum = Vector.Sum(first);
        for (; i < a.Length; i++)
            sum += Math.Abs(a[i]) * b[i];
        return sum;
    }

    /// <summary>y += s·x.</summary>
    public static void AddInplace(Span<double> y, double s, ReadOnlySpan<double> x)
    {
        int width = Vector<double>.Count,
            i = 0;
        x = x[..y.Length];
        var scale = new Vector<double>(s);
        for (; i <= y.Length - width; i += width)
            (new Vector<double>(y[i..]) + scale * new Vector<double>(x[i..])).CopyTo(y[i..]);
        for (; i < y.Length; i++)
            y[i] += s * x[i];
    }
}
