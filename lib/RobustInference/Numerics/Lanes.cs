using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RobustInference.Numerics;

/// <summary>Fused loops over rows of floats that torch would make several passes for.</summary>
public static class Lanes
{
    /// <summary>row ← row + bias; total ← total + max(0, row).</summary>
    public static void AddBiasAndAccumulateRelu(Span<float> row, ReadOnlySpan<float> bias, Span<float> total)
    {
        int lanes = Vector<float>.Count,
            i = 0;
        for (; i <= row.Length - lanes; i += lanes)
        {
            var value = Load(row, i) + Load(bias, i);
            Store(value, row, i);
            Store(Load(total, i) + Vector.MaxNative(value, Vector<float>.Zero), total, i);
        }
        for (; i < row.Length; i++)
        {
            row[i] += bias[i];
            total[i] += Math.Max(row[i], 0);
        }
    }

    /// <summary>target ← values where gate is positive, 0 elsewhere; target may be either of the two.</summary>
    public static void KeepWherePositive(ReadOnlySpan<float> gate, ReadOnlySpan<float> values, Span<float> target)
    {
        int lanes = Vector<float>.Count,
            i = 0;
        for (; i <= target.Length - lanes; i += lanes)
        {
            var positive = Vector.GreaterThan(Load(gate, i), Vector<float>.Zero);
            Store(Vector.ConditionalSelect(positive, Load(values, i), Vector<float>.Zero), target, i);
        }
        for (; i < target.Length; i++)
            target[i] = gate[i] > 0 ? values[i] : 0;
    }

    /// <summary>values ← max(0, values); NaN stays NaN, which x86 gives back where it is the second of two.</summary>
    public static void ReluInplace(Span<float> values)
    {
        int lanes = Vector<float>.Count,
            i = 0;
        for (; i <= values.Length - lanes; i += lanes)
            Store(Vector.MaxNative(Vector<float>.Zero, Load(values, i)), values, i);
        for (; i < values.Length; i++)
            values[i] = Math.Max(values[i], 0);
    }

    /// <summary>total ← total + values.</summary>
    public static void AddInplace(Span<float> total, ReadOnlySpan<float> values)
    {
        int lanes = Vector<float>.Count,
            i = 0;
        for (; i <= total.Length - lanes; i += lanes)
            Store(Load(total, i) + Load(values, i), total, i);
        for (; i < total.Length; i++)
            total[i] += values[i];
    }

    /// <summary>values ← scale · values.</summary>
    public static void ScaleInplace(Span<float> values, float scale)
    {
        int lanes = Vector<float>.Count,
            i = 0;
        for (; i <= values.Length - lanes; i += lanes)
            Store(Load(values, i) * scale, values, i);
        for (; i < values.Length; i++)
            values[i] *= scale;
    }

    /// <summary>values ← slope · values where gate is not positive.</summary>
    public static void DampUnlessPositiveInplace(ReadOnlySpan<float> gate, Span<float> values, float slope)
    {
        int lanes = Vector<float>.Count,
            i = 0;
        for (; i <= values.Length - lanes; i += lanes)
        {
            var value = Load(values, i);
            Store(
                Vector.ConditionalSelect(Vector.GreaterThan(Load(gate, i), Vector<float>.Zero), value, slope * value),
                values,
                i
            );
        }
        for (; i < values.Length; i++)
            values[i] *= gate[i] > 0 ? 1 : slope;
    }

    /// <summary>target ← row − max(row).</summary>
    public static void SubtractMax(ReadOnlySpan<float> row, Span<float> target)
    {
        int lanes = Vector<float>.Count,
            i = lanes;
        float greatest = row[0];
        if (row.Length >= lanes)
        {
            var best = Load(row, 0);
            for (; i <= row.Length - lanes; i += lanes)
                best = Vector.MaxNative(best, Load(row, i));
            best = Vector.MaxNative(best, Load(row, row.Length - lanes)); // overlaps, which a maximum does not mind
            for (int lane = 0; lane < lanes; lane++)
                greatest = Math.Max(greatest, best[lane]);
        }
        else
            foreach (float value in row)
                greatest = Math.Max(greatest, value);
        var shift = new Vector<float>(greatest);
        for (i = 0; i <= row.Length - lanes; i += lanes)
            Store(Load(row, i) - shift, target, i);
        for (; i < row.Length; i++)
            target[i] = row[i] - greatest;
    }

    /// <summary>row ← row / Σ row.</summary>
    public static void DivideBySum(Span<float> row)
    {
        int lanes = Vector<float>.Count,
            i = 0;
        var sums = Vector<float>.Zero;
        for (; i <= row.Length - lanes; i += lanes)
            sums += Load(row, i);
        float sum = Vector.Sum(sums);
        for (; i < row.Length; i++)
            sum += row[i];
        float scale = 1 / sum;
        for (i = 0; i <= row.Length - lanes; i += lanes)
            Store(Load(row, i) * scale, row, i);
        for (; i < row.Length; i++)
            row[i] *= scale;
    }

    /// <summary>logits ← logits + step · sign(g − Σ p g); nothing where the whole gradient is zero.</summary>
    public static void SignStep(Span<float> logits, ReadOnlySpan<float> p, ReadOnlySpan<float> g, float step)
    {
        int lanes = Vector<float>.Count,
            i = 0;
        Vector<float> dots = Vector<float>.Zero,
            sizes = Vector<float>.Zero;
        for (; i <= g.Length - lanes; i += lanes)
        {
            var gradient = Load(g, i);
            dots = Vector.FusedMultiplyAdd(gradient, Load(p, i), dots);
            sizes += Vector.Abs(gradient);
        }
        float dot = Vector.Sum(dots),
            size = Vector.Sum(sizes);
        for (; i < g.Length; i++)
        {
            dot += p[i] * g[i];
            size += Math.Abs(g[i]);
        }
        if (size == 0)
            return;
        Vector<float> level = new(dot),
            up = new(step);
        for (i = 0; i <= g.Length - lanes; i += lanes)
        {
            var gradient = Load(g, i);
            var rise = Vector.ConditionalSelect(Vector.GreaterThan(gradient, level), up, Vector<float>.Zero);
            var fall = Vector.ConditionalSelect(Vector.LessThan(gradient, level), up, Vector<float>.Zero);
            Store(Load(logits, i) + rise - fall, logits, i);
        }
        for (; i < g.Length; i++)
            logits[i] +=
                g[i] > dot ? step
                : g[i] < dot ? -step
                : 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<float> Load(ReadOnlySpan<float> span, int at) =>
        Vector.LoadUnsafe(ref MemoryMarshal.GetReference(span), (nuint)at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(Vector<float> value, Span<float> span, int at) =>
        value.StoreUnsafe(ref MemoryMarshal.GetReference(span), (nuint)at);
}
