using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RobustInference.Numerics;

/// <summary>512 bits: AVX-512.</summary>
public readonly unsafe struct FloatLanes16(Vector512<float> value) : IFloatLanes<FloatLanes16>
{
    readonly Vector512<float> value = value;

    public static bool IsSupported => Vector512.IsHardwareAccelerated;

    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes16 Load(float* from) => new(Vector512.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* to) => value.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes16 All(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes16 operator +(FloatLanes16 a, FloatLanes16 b) => new(a.value + b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes16 operator -(FloatLanes16 a, FloatLanes16 b) => new(a.value - b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes16 operator *(FloatLanes16 a, FloatLanes16 b) => new(a.value * b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes16 operator /(FloatLanes16 a, FloatLanes16 b) => new(a.value / b.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes16 MultiplyAdd(FloatLanes16 a, FloatLanes16 b, FloatLanes16 c) =>
        new(Vector512.FusedMultiplyAdd(a.value, b.value, c.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes16 Min(FloatLanes16 a, FloatLanes16 b) => new(Vector512.MinNative(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes16 Max(FloatLanes16 a, FloatLanes16 b) => new(Vector512.MaxNative(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes16 Round(FloatLanes16 x) => new(Vector512.Round(x.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes16 PowerOfTwo(FloatLanes16 n) =>
        new(Vector512.ShiftLeft(Vector512.ConvertToInt32Native(n.value) + Vector512.Create(127), 23).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes16 Greater(FloatLanes16 a, FloatLanes16 b) => new(Vector512.GreaterThan(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes16 Equal(FloatLanes16 a, FloatLanes16 b) => new(Vector512.Equals(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes16 Select(FloatLanes16 mask, FloatLanes16 a, FloatLanes16 b) =>
        new(Vector512.ConditionalSelect(mask.value, a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Bits(FloatLanes16 mask) => mask.value.ExtractMostSignificantBits();
}
