namespace RobustInference.Attacks;

/// <summary>Samples that climb side by side, a few at a time.</summary>
abstract class Climbers : IDisposable
{
    /// <summary>How many at a time.</summary>
    public abstract int Places { get; }

    /// <summary>K.</summary>
    public abstract int Classes { get; }

    /// <summary>Corrupted rows of a sample.</summary>
    public abstract int Count(int sample);

    /// <summary>Puts a sample in a place.</summary>
    /// <param name="place">0…<see cref="Places"/>−1.</param>
    /// <param name="sample">Which.</param>
    /// <param name="label">Its label.</param>
    /// <param name="logits">Where it begins, one row after the other.</param>
    public abstract void Put(int place, int sample, int label, ReadOnlySpan<float> logits);

    /// <summary>Reads where the sample in a place has come to.</summary>
    public abstract void Read(int place, Span<float> logits);

    /// <summary>Copies a place over another.</summary>
    public abstract void Move(int from, int to);

    /// <summary>One step of the samples in the first places.</summary>
    /// <param name="live">How many.</param>
    /// <returns>A bit a place: whether the loss was below zero before the step.</returns>
    public abstract ulong Step(int live);

    public abstract void Dispose();
}
