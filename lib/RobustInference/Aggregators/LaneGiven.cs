using System.Runtime.CompilerServices;
using RobustInference.Numerics;

namespace RobustInference.Aggregators;

/// <summary>A <see cref="ConditionedAggregator"/> with a sample in every lane of a few vectors: small enough to stay in
/// the cache for all steps of an attack, and a sample that is done makes room for another.</summary>
/// <remarks>What a lane computes does not depend on the samples beside it.</remarks>
/// <typeparam name="T">The vector.</typeparam>
public abstract unsafe class LaneGiven<T> : IDisposable
    where T : struct, IFloatLanes<T>
{
    readonly AlignedFloats rows,
        scores;

    /// <param name="classes">K.</param>
    /// <param name="slots">The greatest number of corrupted rows in a sample.</param>
    protected LaneGiven(int classes, int slots)
    {
        (Classes, Slots) = (classes, slots);
        SlotSize = PackedMatrix.Pad(classes) * Stride;
        rows = new AlignedFloats(2 * slots * SlotSize);
        scores = new AlignedFloats(2 * SlotSize);
    }

    /// <summary>Lanes, and so many floats lie from one class to the next.</summary>
    public static int Stride => LaneProduct.Stride<T>();

    public int Classes { get; }

    /// <summary>The greatest number of corrupted rows in a sample.</summary>
    public int Slots { get; }

    /// <summary>Floats from one corrupted row of a lane to its next.</summary>
    public int SlotSize { get; }

    /// <summary>[slots][K][stride]: what the corrupted clients send; filled by the caller.</summary>
    public float* Rows => rows.First;

    /// <summary>[slots][K][stride]: the gradient at <see cref="Rows"/>.</summary>
    public float* Gradient => rows.First + Slots * SlotSize;

    /// <summary>[K][stride].</summary>
    public float* Scores => scores.First;

    /// <summary>[K][stride]: a loss's gradient at the scores; filled by the caller.</summary>
    public float* Cotangent => scores.First + SlotSize;

    /// <summary>Corrupted rows of a sample.</summary>
    public abstract int Count(int sample);

    /// <summary>Puts a sample in a lane.</summary>
    public abstract void Load(int lane, int sample);

    /// <summary>Copies a lane over another.</summary>
    public abstract void Move(int from, int to);

    /// <summary>Works out <see cref="Scores"/>.</summary>
    /// <param name="vectors">How many of the vectors are in use.</param>
    /// <param name="slots">The greatest number of corrupted rows in a lane in use.</param>
    public abstract void Forward(int vectors, int slots);

    /// <summary>Works out <see cref="Gradient"/>, after <see cref="Forward"/> of the same lanes. What it holds in a
    /// slot that a lane does not use is not specified.</summary>
    /// <param name="vectors">How many of the vectors are in use.</param>
    /// <param name="slots">As before.</param>
    public abstract void Backward(int vectors, int slots);

    /// <summary>Copies a column of a matrix with a sample in every lane.</summary>
    protected static void Move(float* matrix, int height, int from, int to)
    {
        for (int i = 0; i < height; i++, matrix += Stride)
            matrix[to] = matrix[from];
    }

    /// <summary>Copies numbers to a column of a matrix with a sample in every lane.</summary>
    protected static void Write(ReadOnlySpan<float> numbers, float* matrix, int lane)
    {
        matrix += lane;
        for (int i = 0; i < numbers.Length; i++, matrix += Stride)
            *matrix = numbers[i];
    }

    public virtual void Dispose()
    {
        rows.Dispose();
        scores.Dispose();
    }

    /// <summary>target ← max(0, sum).</summary>
    protected readonly struct Activate(float* target) : LaneProduct.ITake<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Take(int at, int lane, T sum) => T.Max(sum, T.All(0)).Store(target + at);
    }

    /// <summary>In each of several matrices: the sum where a hidden unit is positive, 0 elsewhere.</summary>
    protected readonly struct KeepActive(float* hidden, int count, int size) : LaneProduct.ITake<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Take(int at, int lane, T sum)
        {
            float* place = hidden + at;
            for (int i = 0; i < count; i++, place += size)
                T.Select(T.Greater(T.Load(place), T.All(0)), sum, T.All(0)).Store(place);
        }
    }
}
