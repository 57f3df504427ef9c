using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Workbook.Kernel;

/// <summary>Brings what follows a top-level <c>await</c> back to the cell's thread, where it can be
/// interrupted.</summary>
/// <remarks>Code that blocks on its own task (<c>task.Result</c>) still works: what the busy thread does not fetch goes
/// to the thread pool.</remarks>
sealed class CellSynchronization : SynchronizationContext
{
    static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(5);

    readonly BlockingCollection<Continuation> queue = [];
    volatile bool fetching;

    /// <summary>Runs the continuations of <paramref name="task"/> on this thread until it is finished.</summary>
    public void RunToEnd(Task task)
    {
        if (!task.IsCompleted)
        {
            task.ContinueWith(
                _ => Post(static _ => { }, null),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default
            );
            while (!task.IsCompleted)
            {
                fetching = true;
                Continuation next = queue.Take();
                fetching = false;
                next.Run();
            }
        }
        if (task.Exception?.InnerException is { } error)
            ExceptionDispatchInfo.Throw(error);
    }

    public override void Post(SendOrPostCallback callback, object? state)
    {
        var continuation = new Continuation(callback, state);
        queue.Add(continuation);
        if (!fetching)
            ElsewhereWhenNotFetched(continuation);
    }

    public override void Send(SendOrPostCallback callback, object? state) => callback(state);

    static async void ElsewhereWhenNotFetched(Continuation continuation)
    {
        await Task.Delay(Patience).ConfigureAwait(false);
        continuation.Run();
    }

    sealed class Continuation(SendOrPostCallback callback, object? state)
    {
        int taken;

        public void Run()
        {
            if (Interlocked.Exchange(ref taken, 1) == 0)
                callback(state);
        }
    }
}
