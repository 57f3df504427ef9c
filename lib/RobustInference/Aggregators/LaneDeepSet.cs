using System.Runtime.CompilerServices;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary><see cref="DeepSetGiven"/> with a sample in every lane.</summary>
sealed unsafe class LaneDeepSet<T> : LaneGiven<T>
    where T : struct, IFloatLanes<T>
{
    readonly Tensor honestSums;
    readonly int[] counts;
    readonly PackedMatrix encode,
        between,
        decode,
        decodeBack,
        betweenBack,
        encodeBack;
    readonly AlignedFloats honest,
        sums,
        middle,
        hidden,
        present;
    readonly int width,
        size;

    /// <param name="weights">Of the network.</param>
    /// <param name="honestSums">[B, h]; belongs to the caller.</param>
    /// <param name="counts">Corrupted rows of each sample.</param>
    public LaneDeepSet(DeepSetGiven.Constants weights, Tensor honestSums, int[] counts)
        : base((int)weights.RhoIn.shape[1], counts.Max())
    {
        (this.honestSums, this.counts) = (honestSums, counts);
        encode = new(weights.RhoIn, weights.RhoInBias);
        between = new(weights.BetweenOverClients, weights.BetweenBias);
        decode = new(weights.MuOut, weights.MuOutBias);
        decodeBack = new(weights.MuOutTransposed);
        betweenBack = new(weights.BetweenByClients);
        encodeBack = new(weights.RhoInTransposed);
        width = encode.Outputs;
        size = encode.Padded * Stride;
        (honest, sums, hidden) = (new(size), new(size), new(Slots * size));
        middle = new(between.Padded * Stride);
        present = new(Slots * Stride);
    }

    public override int Count(int sample) => counts[sample];

    public override void Load(int lane, int sample)
    {
        var sum = honestSums.Floats().Slice(sample * width, width);
        Write(sum, honest.First, lane);
        for (int slot = 0; slot < Slots; slot++)
            present.First[slot * Stride + lane] = slot < counts[sample] ? float.PositiveInfinity : 0;
    }

    public override void Move(int from, int to)
    {
        Move(honest.First, width, from, to);
        Move(present.First, Slots, from, to);
    }

    public override void Forward(int vectors, int slots)
    {
        for (int slot = 0; slot < slots; slot++)
            LaneProduct.Multiply<T, Encode>(
                encode,
                Rows + slot * SlotSize,
                vectors,
                new Encode(
                    hidden.First + slot * size,
                    present.First + slot * Stride,
                    slot == 0 ? honest.First : sums.First,
                    sums.First
                )
            );
        LaneProduct.Multiply<T, Activate>(between, sums.First, vectors, new Activate(middle.First));
        LaneProduct.Multiply<T, LaneProduct.Store<T>>(decode, middle.First, vectors, new(Scores));
    }

    public override void Backward(int vectors, int slots)
    {
        LaneProduct.Multiply<T, KeepActive>(decodeBack, Cotangent, vectors, new KeepActive(middle.First, 1, 0));
        LaneProduct.Multiply<T, KeepActive>(
            betweenBack,
            middle.First,
            vectors,
            new KeepActive(hidden.First, slots, size)
        );
        for (int slot = 0; slot < slots; slot++)
            LaneProduct.Multiply<T, LaneProduct.Store<T>>(
                encodeBack,
                hidden.First + slot * size,
                vectors,
                new(Gradient + slot * SlotSize)
            );
    }

    public override void Dispose()
    {
        foreach (var matrix in new[] { encode, between, decode, decodeBack, betweenBack, encodeBack })
            matrix.Dispose();
        foreach (var floats in new[] { honest, sums, middle, hidden, present })
            floats.Dispose();
        base.Dispose();
    }

    /// <summary>hidden ← max(0, sum), 0 in a slot that the lane does not use; after ← before + hidden.</summary>
    readonly struct Encode(float* hidden, float* present, float* before, float* after) : LaneProduct.ITake<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Take(int at, int lane, T sum)
        {
            T active = T.Min(T.Max(sum, T.All(0)), T.Load(present + lane));
            active.Store(hidden + at);
            (T.Load(before + at) + active).Store(after + at);
        }
    }
}
