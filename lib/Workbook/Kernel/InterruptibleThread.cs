using System.Runtime;

namespace Workbook.Kernel;

/// <summary>Runs a cell's code on a thread of its own, so that it can be stopped even in a loop that never looks up.</summary>
public sealed class InterruptibleThread
{
    const int StackBytes = 64 << 20;

    // Two sources: `wish` is for code that asks; `abort` is for code that does not. One token for both can hang in the abort.
    readonly CancellationTokenSource wish = new(), abort = new();
    readonly Lock gate = new();
    Thread? running;
    bool interrupted;

    /// <summary>Cancelled at an interrupt, for the parts that look at a token.</summary>
    public CancellationToken Token => wish.Token;

    /// <summary>Runs <paramref name="work"/> and waits for its end.</summary>
    /// <exception cref="OperationCanceledException"><see cref="Interrupt"/> was called.</exception>
    public void Run(Action work)
    {
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try { work(); }
                catch (Exception error) { failure = error; }
                finally
                {
                    lock (gate) running = null;
                }
            },
            StackBytes)
        { IsBackground = true, Name = "cell" };
        lock (gate) running = thread;
        thread.Start();
        thread.Join();
        if (interrupted) throw new OperationCanceledException("the cell was interrupted", failure);
        if (failure is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>Runs code that may be aborted; to be called on the thread of <see cref="Run"/>, with nothing of ours inside that must not be cut short.</summary>
    public void Abortable(Action work)
    {
        wish.Token.ThrowIfCancellationRequested();
#pragma warning disable SYSLIB0046 // The way to stop code that cannot be asked; a session survives it, and no state of ours is touched inside.
        ControlledExecution.Run(work, abort.Token);
#pragma warning restore SYSLIB0046
    }

    /// <summary>Stops the code, wherever it is.</summary>
    public void Interrupt()
    {
        interrupted = true;
        wish.Cancel();
        abort.CancelAsync();                          // not Cancel, which waits for the abort to be over
        lock (gate) running?.Interrupt();             // wakes a thread that sleeps or waits
    }
}
