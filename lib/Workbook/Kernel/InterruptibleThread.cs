using System.Runtime.ExceptionServices;
using RobustInference.Numerics;

namespace Workbook.Kernel;

/// <summary>Runs a cell's code on a thread of its own, so that it can be stopped.</summary>
/// <remarks>An interrupt cancels <see cref="Token"/>, at which the cell's own code (<see cref="CellInterrupt"/>) and
/// the library's (<see cref="LongWork"/>) look, and wakes a thread that sleeps or waits. Another library's code that
/// does not look up goes on to its end.</remarks>
public sealed class InterruptibleThread
{
    const int StackBytes = 64 << 20;

    /// <summary>What code that looks up has to end in order, before it is woken: a parallel loop waits for its workers
    /// then.</summary>
    static readonly TimeSpan ToLookUp = TimeSpan.FromMilliseconds(200);

    readonly CancellationTokenSource wish = new();
    readonly Lock gate = new();
    readonly ManualResetEventSlim outside = new(true);
    Thread? inside; // the thread while it is in code that may be woken
    bool interrupted;

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
                LongWork.Cancel = Token;
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
        if (interrupted)
            throw new OperationCanceledException("the cell was interrupted", failure);
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>Runs code that may be woken; to be called on the thread of <see cref="Run"/>, with nothing of ours
    /// inside that must not be cut short.</summary>
    public void Wakeable(Action work)
    {
        wish.Token.ThrowIfCancellationRequested();
        outside.Reset();
        lock (gate)
            inside = Thread.CurrentThread;
        try
        {
            work();
        }
        finally
        {
            lock (gate)
                inside = null;
            outside.Set();
        }
    }

    /// <summary>Stops the code, wherever it looks up, sleeps or waits.</summary>
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
        if (outside.Wait(ToLookUp))
            return;
        lock (gate)
            inside?.Interrupt();
    }

    /// <summary>Called by code that looks up.</summary>
    /// <exception cref="OperationCanceledException"><see cref="Interrupt"/> was called.</exception>
    internal void ThrowIfInterrupted() => wish.Token.ThrowIfCancellationRequested();
}
