using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RobustInference.Numerics;

/// <summary>256 bits: AVX2 and FMA.</summary>
public readonly unsafe struct FloatLanes8(Vector256<float> value) : IFloatLanes<FloatLanes8>
{
    readonly Vector256<float> value = value;

    public static bool IsSupported => Vector256.IsHardwareAccelerated;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes8 Load(float* from) => new(Vector256.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* to) => value.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes8 All(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes8 operator +(FloatLanes8 a, FloatLanes8 b) => new(a.value + b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes8 operator -(FloatLanes8 a, FloatLanes8 b) => new(a.value - b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes8 operator *(FloatLanes8 a, FloatLanes8 b) => new(a.value * b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes8 operator /(FloatLanes8 a, FloatLanes8 b) => new(a.value / b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes8 MultiplyAdd(FloatLanes8 a, FloatLanes8 b, FloatLanes8 c) =>
        new(Vector256.FusedMultiplyAdd(a.value, b.value, c.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes8 Min(FloatLanes8 a, FloatLanes8 b) => new(Vector256.MinNative(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes8 Max(FloatLanes8 a, FloatLanes8 b) => new(Vector256.MaxNative(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes8 Round(FloatLanes8 x) => new(Vector256.Round(x.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes8 PowerOfTwo(FloatLanes8 n) =>
        new(Vector256.ShiftLeft(Vector256.ConvertToInt32Native(n.value) + Vector256.Create(127), 23).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes8 Greater(FloatLanes8 a, FloatLanes8 b) => new(Vector256.GreaterThan(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes8 Equal(FloatLanes8 a, FloatLanes8 b) => new(Vector256.Equals(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes8 Select(FloatLanes8 mask, FloatLanes8 a, FloatLanes8 b) =>
        new(Vector256.ConditionalSelect(mask.value, a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Bits(FloatLanes8 mask) => mask.value.ExtractMostSignificantBits();
}
