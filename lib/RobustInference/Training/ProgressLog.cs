namespace RobustInference.Training;

/// <summary>Keeps every report of a piece of work, for curves. Safe to report to from several threads.</summary>
public sealed class ProgressLog<T> : IProgress<T>
{
    readonly List<T> entries = [];

    /// <summary>What was reported so far, in order.</summary>
    public IReadOnlyList<T> Entries
    {
        get
        {
            lock (entries)
                return [.. entries];
        }
    }

    public void Report(T value)
    {
        lock (entries)
            entries.Add(value);
    }
}
