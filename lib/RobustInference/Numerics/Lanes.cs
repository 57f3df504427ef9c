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
        int lanes = Vector<float>.Count, i = 0;
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

    /// <summary>row ← replacement where row is positive, 0 elsewhere.</summary>
    public static void WherePositive(Span<float> row, ReadOnlySpan<float> replacement)
    {
        int lanes = Vector<float>.Count, i = 0;
        for (; i <= row.Length - lanes; i += lanes)
        {
            var positive = Vector.GreaterThan(Load(row, i), Vector<float>.Zero);
            Store(Vector.ConditionalSelect(positive, Load(replacement, i), Vector<float>.Zero), row, i);
        }
        for (; i < row.Length; i++) row[i] = row[i] > 0 ? replacement[i] : 0;
    }

    /// <summary>values ← 0 where activation is not positive.</summary>
    public static void ZeroWhereNotPositive(Span<float> values, ReadOnlySpan<float> activation)
    {
        int lanes = Vector<float>.Count, i = 0;
        for (; i <= values.Length - lanes; i += lanes)
        {
            var positive = Vector.GreaterThan(Load(activation, i), Vector<float>.Zero);
            Store(Vector.ConditionalSelect(positive, Load(values, i), Vector<float>.Zero), values, i);
        }
        for (; i < values.Length; i++) values[i] = activation[i] > 0 ? values[i] : 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<float> Load(ReadOnlySpan<float> span, int at) => Vector.LoadUnsafe(ref MemoryMarshal.GetReference(span), (nuint)at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(Vector<float> value, Span<float> span, int at) => value.StoreUnsafe(ref MemoryMarshal.GetReference(span), (nuint)at);
}
