using System.Runtime;
using System.Runtime.ExceptionServices;

namespace Workbook.Kernel;

/// <summary>Runs a cell's code on a thread of its own, so that it can be stopped.</summary>
/// <remarks>An interrupt first cancels <see cref="Token"/>, at which the cell's own loops look
/// (<see cref="CellInterrupt"/>), and wakes a thread that sleeps or waits. Code that has not stopped after a while,
/// because it is busy in a library, is aborted.
/// </remarks>
public sealed class InterruptibleThread
{
    const int StackBytes = 64 << 20;
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    // Two sources: one token for those that look and for the abort can hang in the abort.
    readonly CancellationTokenSource wish = new(),
        abort = new();
    readonly Lock gate = new();
    Thread? inside; // the thread while it is in code that may be woken and aborted
    bool interrupted;
    volatile bool heard; // the code has looked up since the last time that it was asked
    volatile bool ended;

    /// <summary>Cancelled at an interrupt.</summary>
    public CancellationToken Token => wish.Token;

    /// <summary>Runs <paramref name="work"/> and waits for its end.</summary>
    /// <exception cref="OperationCanceledException"><see cref="Interrupt"/> was called.</exception>
    public void Run(Action work)
    {
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                CellInterrupt.Enter(this);
                try
                {
                    work();
                }
                catch (Exception error)
                {
                    failure = error;
                }
            },
            StackBytes
        )
        {
            IsBackground = true,
            Name = "cell",
        };
        thread.Start();
        thread.Join();
        ended = true;
        if (interrupted)
            throw new OperationCanceledException("the cell was interrupted", failure);
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>Runs code that may be aborted; to be called on the thread of <see cref="Run"/>, with nothing of ours
    /// inside that must not be cut short.</summary>
    public void Abortable(Action work)
    {
        wish.Token.ThrowIfCancellationRequested();
        lock (gate)
            inside = Thread.CurrentThread;
        try
        {
            // The way to stop code that cannot be asked; a session survives it, and no state of ours is touched inside.
#pragma warning disable SYSLIB0046
            ControlledExecution.Run(work, abort.Token);
#pragma warning restore SYSLIB0046
        }
        finally
        {
            lock (gate)
                inside = null;
        }
    }

    /// <summary>Stops the code, wherever it is.</summary>
    public void Interrupt()
    {
        lock (gate)
        {
            if (interrupted)
                return;
            interrupted = true;
        }
        CellInterrupt.Raise();
        wish.Cancel();
        Wake();
        AbortWhenDeaf();
    }

    /// <summary>Called by code that looks up.</summary>
    /// <exception cref="OperationCanceledException"><see cref="Interrupt"/> was called.</exception>
    internal void ThrowIfInterrupted()
    {
        if (!wish.IsCancellationRequested)
            return;
        heard = true;
        throw new OperationCanceledException(wish.Token);
    }

    // An abort in the middle of an exception that is on its way may end the process, so code that has heard is given
    // more time.
    void AbortWhenDeaf() =>
        Task.Delay(Grace)
            .ContinueWith(
                _ =>
                {
                    if (ended)
                        return;
                    if (heard)
                    {
                        heard = false;
                        AbortWhenDeaf();
                        return;
                    }
                    abort.CancelAsync(); // not Cancel, which waits for the abort to be over
                    Wake();
                },
                TaskScheduler.Default
            );

    void Wake()
    {
        lock (gate)
            inside?.Interrupt();
    }
}
