using RobustInference.Aggregators;
using RobustInference.Numerics;

namespace RobustInference.Attacks;

/// <summary>Samples that each have a lane of a few vectors.</summary>
/// <param name="given">The rule; disposed of with this.</param>
/// <param name="loss">What is maximised.</param>
/// <param name="step">Size of a step.</param>
sealed unsafe class LaneClimbers<T>(LaneGiven<T> given, CarliniWagner loss, float step) : Climbers
    where T : struct, IFloatLanes<T>
{
    readonly AlignedFloats logits = new(given.Slots * given.SlotSize),
        labels = new(LaneGiven<T>.Stride);
    readonly int[] used = new int[LaneGiven<T>.Stride];

    public override int Places => LaneGiven<T>.Stride;

    public override int Classes => given.Classes;

    public override int Count(int sample) => given.Count(sample);

    public override void Put(int place, int sample, int label, ReadOnlySpan<float> logits)
    {
        given.Load(place, sample);
        (used[place], labels.First[place]) = (given.Count(sample), label);
        for (int slot = 0; slot < used[place]; slot++)
        {
            float* column = Column(place, slot);
            foreach (float logit in logits.Slice(slot * Classes, Classes))
            {
                *column = logit;
                column += Places;
            }
        }
    }

    public override void Read(int place, Span<float> logits)
    {
        for (int slot = 0; slot < used[place]; slot++)
        {
            float* column = Column(place, slot);
            foreach (ref float logit in logits.Slice(slot * Classes, Classes))
            {
                logit = *column;
                column += Places;
            }
        }
    }

    public override void Move(int from, int to)
    {
        given.Move(from, to);
        (used[to], labels.First[to]) = (used[from], labels.First[from]);
        for (int slot = 0; slot < used[from]; slot++)
        {
            float* column = Column(0, slot);
            for (int k = 0; k < Classes; k++, column += Places)
                column[to] = column[from];
        }
    }

    public override ulong Step(int live)
    {
        int vectors = (live + T.Count - 1) / T.Count,
            slots = 0,
            size = given.SlotSize;
        for (int place = 0; place < live; place++)
            slots = Math.Max(slots, used[place]);
        for (int slot = 0; slot < slots; slot++)
            LaneSoftmax.OfColumns<T>(logits.First + slot * size, given.Rows + slot * size, Classes, vectors);
        given.Forward(vectors, slots);
        ulong active = loss.Gradient<T>(given.Scores, labels.First, given.Cotangent, Classes, vectors);
        given.Backward(vectors, slots);
        for (int slot = 0; slot < slots; slot++)
            LaneSoftmax.SignStepInplace<T>(
                logits.First + slot * size,
                given.Rows + slot * size,
                given.Gradient + slot * size,
                Classes,
                vectors,
                step
            );
        return active;
    }

    public override void Dispose()
    {
        logits.Dispose();
        labels.Dispose();
        given.Dispose();
    }

    float* Column(int place, int slot) => logits.First + slot * given.SlotSize + place;
}
