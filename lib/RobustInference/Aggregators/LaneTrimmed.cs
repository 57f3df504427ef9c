using System.Runtime.CompilerServices;
using RobustInference.Networks;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary><see cref="DeepSetTrimmedMean"/> on its honest encodings, with a sample in every lane.</summary>
sealed unsafe class LaneTrimmed<T> : LaneGiven<T>
    where T : struct, IFloatLanes<T>
{
    readonly RangeMeanGiven trimmed;
    readonly SortGradient gradient;
    readonly PackedMatrix rhoIn,
        rhoOut,
        muIn,
        muOut,
        rhoInBack,
        rhoOutBack,
        muInBack,
        muOutBack;
    readonly AlignedFloats sure,
        open,
        hidden,
        encoded,
        summary,
        middle,
        back;
    readonly LaneOrderStatistics<T> order;
    readonly int width,
        size,
        samplesRows;

    /// <param name="network">The weights.</param>
    /// <param name="trimmed">The honest encodings; belong to the caller.</param>
    /// <param name="gradient">What the backward pass does at the sort.</param>
    /// <param name="clients">n.</param>
    public LaneTrimmed(DeepSetNetwork network, RangeMeanGiven trimmed, SortGradient gradient, int clients)
        : base(network.Classes, trimmed.Changing)
    {
        (this.trimmed, this.gradient) = (trimmed, gradient);
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        // BPDA: the mean of all rows in place of the kept ones.
        float share = 1f / (gradient == SortGradient.Mean ? clients : trimmed.Range);
        (rhoIn, rhoInBack) = Layer(network.RhoIn, 1);
        (rhoOut, rhoOutBack) = Layer(network.RhoOut, share);
        (muIn, muInBack) = Layer(network.MuIn, 1);
        (muOut, muOutBack) = Layer(network.MuOut, 1);
        width = network.Hidden;
        size = rhoIn.Padded * Stride;
        samplesRows = (int)trimmed.Open.shape[1];
        (sure, open) = (new(size), new(samplesRows * size));
        (hidden, encoded) = (new(Slots * size), new(Slots * size));
        (summary, middle, back) = (new(size), new(muIn.Padded * Stride), new(size));
        order = new(samplesRows, Slots, trimmed.From, trimmed.Kept);
    }

    static (PackedMatrix Forward, PackedMatrix Back) Layer(TorchSharp.Modules.Linear layer, float share) =>
        (new(layer.weight!, layer.bias!), new(layer.weight!.t() * share));

    public override int Count(int sample) => Slots;

    public override void Load(int lane, int sample)
    {
        Write(trimmed.Sure.Floats().Slice(sample * width, width), sure.First, lane);
        var rows = trimmed.Open.Floats().Slice(sample * samplesRows * width, samplesRows * width);
        for (int row = 0; row < samplesRows; row++)
            Write(rows.Slice(row * width, width), open.First + row * size, lane);
    }

    public override void Move(int from, int to)
    {
        Move(sure.First, width, from, to);
        Move(open.First, samplesRows * rhoIn.Padded, from, to);
    }

    public override void Forward(int vectors, int slots)
    {
        for (int slot = 0; slot < slots; slot++)
        {
            float* own = hidden.First + slot * size;
            LaneProduct.Multiply<T, Activate>(rhoIn, Rows + slot * SlotSize, vectors, new(own));
            LaneProduct.Multiply<T, LaneProduct.Store<T>>(rhoOut, own, vectors, new(encoded.First + slot * size));
        }
        order.Sums(open.First, encoded.First, sure.First, summary.First, width, size, vectors, 1f / trimmed.Range);
        LaneProduct.Multiply<T, Activate>(muIn, summary.First, vectors, new(middle.First));
        LaneProduct.Multiply<T, LaneProduct.Store<T>>(muOut, middle.First, vectors, new(Scores));
    }

    public override void Backward(int vectors, int slots)
    {
        LaneProduct.Multiply<T, KeepActive>(muOutBack, Cotangent, vectors, new(middle.First, 1, 0));
        LaneProduct.Multiply<T, LaneProduct.Store<T>>(muInBack, middle.First, vectors, new(back.First));
        if (gradient == SortGradient.Mean)
            LaneProduct.Multiply<T, KeepActive>(rhoOutBack, back.First, vectors, new(hidden.First, slots, size));
        else
        {
            order.KeepInPlace(open.First, encoded.First, back.First, width, size, vectors);
            for (int slot = 0; slot < slots; slot++)
                LaneProduct.Multiply<T, KeepActive>(
                    rhoOutBack,
                    encoded.First + slot * size,
                    vectors,
                    new(hidden.First + slot * size, 1, 0)
                );
        }
        for (int slot = 0; slot < slots; slot++)
            LaneProduct.Multiply<T, LaneProduct.Store<T>>(
                rhoInBack,
                hidden.First + slot * size,
                vectors,
                new(Gradient + slot * SlotSize)
            );
    }

    public override void Dispose()
    {
        foreach (var layer in new[] { rhoIn, rhoOut, muIn, muOut, rhoInBack, rhoOutBack, muInBack, muOutBack })
            layer.Dispose();
        foreach (var floats in new[] { sure, open, hidden, encoded, summary, middle, back })
            floats.Dispose();
        order.Dispose();
        base.Dispose();
    }
}
