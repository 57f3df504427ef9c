using System.Collections.Concurrent;

namespace Workbook.Notebooks.Execution;

/// <summary>The threads that cells have started, each with its cell: a value that flows with the execution context
/// tells of every thread that it comes to.</summary>
sealed class CellThreads
{
    readonly ConcurrentDictionary<Thread, int> started = new();
    readonly AsyncLocal<int> cell;
    readonly Thread own = Thread.CurrentThread;

    public CellThreads() => cell = new AsyncLocal<int>(Came);

    /// <summary>The cell that this thread belongs to; 0 for none.</summary>
    public int Current
    {
        get => cell.Value;
        set => cell.Value = value;
    }

    /// <summary>The threads that keep this process from ending, with their cells.</summary>
    public IEnumerable<(int Cell, Thread Thread)> InForeground() =>
        started.Where(entry => KeepsAlive(entry.Key)).Select(entry => (entry.Value, entry.Key));

    void Came(AsyncLocalValueChangedArgs<int> change)
    {
        Thread thread = Thread.CurrentThread;
        if (change.ThreadContextChanged && change.CurrentValue > 0 && thread != own && !thread.IsThreadPoolThread)
            started.TryAdd(thread, change.CurrentValue);
    }

    static bool KeepsAlive(Thread thread)
    {
        try
        {
            return thread is { IsAlive: true, IsBackground: false };
        }
        catch (ThreadStateException) // it has ended between the two questions
        {
            return false;
        }
    }
}
