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
        present,
        back,
        rows,
        difference;
    readonly ulong[] used;
    readonly int[] differing,
        differingCounts;
    readonly int width,
        size,
        rowSize;

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
        used = new ulong[Slots];
        back = new(size);
        rowSize = (Classes + T.Count - 1) / T.Count * T.Count;
        (rows, difference) = (new(width * rowSize), new(rowSize));
        var whole = weights.RhoIn.Floats();
        for (int i = 0; i < width; i++)
            whole.Slice(i * Classes, Classes).CopyTo(new Span<float>(rows.First + i * rowSize, Classes));
        (differing, differingCounts) = (new int[Slots * Stride * width], new int[Slots * Stride]);
    }

    public override int Count(int sample) => counts[sample];

    public override void Load(int lane, int sample)
    {
        var sum = honestSums.Floats().Slice(sample * width, width);
        Write(sum, honest.First, lane);
        for (int slot = 0; slot < Slots; slot++)
        {
            bool isUsed = slot < counts[sample];
            present.First[slot * Stride + lane] = isUsed ? float.PositiveInfinity : 0;
            used[slot] = used[slot] & ~(1UL << lane) | (isUsed ? 1UL : 0) << lane;
        }
    }

    public override void Move(int from, int to)
    {
        Move(honest.First, width, from, to);
        Move(present.First, Slots, from, to);
        for (int slot = 0; slot < Slots; slot++)
            used[slot] = used[slot] & ~(1UL << to) | (used[slot] >> from & 1) << to;
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
        if (slots > 1 && Classes >= DeepSetGiven.ManyClasses)
        {
            ByDifferences(vectors, slots);
            return;
        }
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

    /// <summary>All rows of a sample have the same gradient behind their ReLUs, and few units are active in one row and
    /// not in another: the product is worked out for the first row, and for the others what differs.</summary>
    void ByDifferences(int vectors, int slots)
    {
        Array.Clear(differingCounts);
        fixed (ulong* lanes = used)
        fixed (
            int* places = differing,
                counts = differingCounts
        )
        {
            LaneProduct.Multiply<T, KeepFirst>(
                betweenBack,
                middle.First,
                vectors,
                new KeepFirst(hidden.First, back.First, slots, size, width, lanes, places, counts)
            );
            LaneProduct.Multiply<T, LaneProduct.Store<T>>(encodeBack, hidden.First, vectors, new(Gradient));
            for (int slot = 1; slot < slots; slot++)
            for (int lane = 0; lane < vectors * T.Count; lane++)
                if ((used[slot] >> lane & 1) != 0)
                {
                    int row = slot * Stride + lane;
                    AddDifference(places + row * width, counts[row]);
                    float* first = Gradient + lane,
                        own = first + slot * SlotSize;
                    for (int k = 0; k < Classes; k++)
                        own[k * Stride] = first[k * Stride] + difference.First[k];
                }
        }
    }

    /// <summary>difference ← the sum of the rows of ρ's first layer at some places, each times the gradient there;
    /// minus it where a place is negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void AddDifference(int* places, int count)
    {
        for (int k = 0; k < rowSize; k += T.Count)
        {
            T sum = T.All(0);
            for (int i = 0; i < count; i++)
            {
                int place = places[i],
                    at = place < 0 ? ~place : place;
                float share = place < 0 ? -back.First[at] : back.First[at];
                sum = T.MultiplyAdd(T.All(share), T.Load(rows.First + at / Stride * rowSize + k), sum);
            }
            sum.Store(difference.First + k);
        }
    }

    public override void Dispose()
    {
        foreach (var matrix in new[] { encode, between, decode, decodeBack, betweenBack, encodeBack })
            matrix.Dispose();
        foreach (var floats in new[] { honest, sums, middle, hidden, present, back, rows, difference })
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

    /// <summary>back ← sum; the first hidden ← the sum where it is positive, 0 elsewhere; and the places where another
    /// is positive and the first is not, or (as ~place) the other way round.</summary>
    readonly struct KeepFirst(
        float* hidden,
        float* back,
        int slots,
        int size,
        int width,
        ulong* used,
        int* places,
        int* counts
    ) : LaneProduct.ITake<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Take(int at, int lane, T sum)
        {
            sum.Store(back + at);
            T isActive = T.Greater(T.Load(hidden + at), T.All(0));
            T.Select(isActive, sum, T.All(0)).Store(hidden + at);
            ulong active = T.Bits(isActive);
            for (int slot = 1; slot < slots; slot++)
            {
                ulong own = T.Bits(T.Greater(T.Load(hidden + slot * size + at), T.All(0)));
                ulong differing = (own ^ active) & used[slot] >> lane;
                if (differing != 0)
                    Note(differing, own, slot * Stride + lane, at);
            }
        }

        void Note(ulong differing, ulong own, int row, int at)
        {
            for (; differing != 0; differing &= differing - 1)
            {
                int i = System.Numerics.BitOperations.TrailingZeroCount(differing);
                places[(row + i) * width + counts[row + i]++] = (own >> i & 1) != 0 ? at + i : ~(at + i);
            }
        }
    }
}
