using RobustInference.Aggregators;
using RobustInference.Numerics;

namespace RobustInference.Attacks;

/// <summary>Samples whose rows each lie in one piece.</summary>
/// <param name="given">The rule; disposed of with this.</param>
/// <param name="loss">What is maximised.</param>
sealed unsafe class RowClimbers<T>(SteppingDeepSet<T> given, CarliniWagner loss) : Climbers
    where T : struct, IFloatLanes<T>
{
    readonly int[] labels = new int[SteppingDeepSet<T>.Places];

    public override int Places => SteppingDeepSet<T>.Places;

    public override int Classes => given.Classes;

    public override int Count(int sample) => given.Count(sample);

    public override void Put(int place, int sample, int label, ReadOnlySpan<float> logits)
    {
        labels[place] = label;
        given.Put(place, sample, logits);
    }

    public override void Read(int place, Span<float> logits) => given.Read(place, logits);

    public override void Move(int from, int to)
    {
        labels[to] = labels[from];
        given.Move(from, to);
    }

    public override ulong Step(int live)
    {
        given.Forward(live);
        ulong active = loss.GradientOfRows<T>(given.Scores, given.Stride, labels.AsSpan(0, live), given.Classes);
        given.Step(live, active);
        return active;
    }

    public override void Dispose() => given.Dispose();
}
