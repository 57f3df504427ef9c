using System.Diagnostics;
using EngineDiagnostic = Microsoft.DotNet.Interactive.Diagnostic;

namespace Workbook.Kernel.Engine;

/// <summary>One execution of a cell: where its output goes, what stops it, and how it ended.</summary>
sealed class CellRun(int number, CellText text, CellOutput output) : IDisposable
{
    readonly Lock gate = new();
    readonly CancellationTokenSource wish = new();
    InterruptibleThread? thread;
    bool interrupted;
    long? start;

    public int Number => number;

    public CellText Text => text;

    public CellOutput Output => output;

    /// <summary>Cancelled at an interrupt.</summary>
    public CancellationToken Token => wish.Token;

    /// <summary>The value of the last part that had one.</summary>
    public MimeBundle? Value { get; private set; }

    public CellError? Error { get; private set; }

    /// <summary>What the engine said of the text before it failed.</summary>
    public IReadOnlyCollection<EngineDiagnostic> Diagnostics { get; set; } = [];

    /// <summary>Where the part that begins now is run.</summary>
    /// <exception cref="OperationCanceledException">The cell was interrupted.</exception>
    public InterruptibleThread Begin()
    {
        ShowValue();
        lock (gate)
        {
            wish.Token.ThrowIfCancellationRequested();
            return thread = new InterruptibleThread();
        }
    }

    /// <summary>The part has ended.</summary>
    public void End()
    {
        lock (gate)
            thread = null;
    }

    /// <summary>Stops the part that runs, and all that follow.</summary>
    public void Interrupt()
    {
        lock (gate)
        {
            if (interrupted)
                return;
            interrupted = true;
            thread?.Interrupt();
        }
        wish.Cancel();
    }

    /// <summary>Takes the value of a part; that of the part before is shown, since only the last one is the
    /// cell's.</summary>
    public void Take(MimeBundle value)
    {
        ShowValue();
        Value = value;
    }

    /// <summary>Shows what is not a value, behind the values of the parts before.</summary>
    public void Show(MimeBundle data, string? displayId = null)
    {
        ShowValue();
        output.Display(data, displayId);
    }

    /// <summary>Shows the value of a part that is not the last.</summary>
    void ShowValue()
    {
        if (Value is { } earlier)
            output.Display(earlier, null);
        Value = null;
    }

    /// <summary>Starts the clock.</summary>
    public void Measure() => start ??= Stopwatch.GetTimestamp();

    /// <summary>Says how long it took since <see cref="Measure"/>, if that was called.</summary>
    public void SayTime()
    {
        if (start is { } since)
            output.Write("stdout", $"Wall time: {Stopwatch.GetElapsedTime(since).TotalMilliseconds:0.0} ms\n");
    }

    /// <summary>The first failure is the cell's; whatever came of an interrupt is that interrupt.</summary>
    public void Fail(CellError error)
    {
        lock (gate)
            Error ??= interrupted ? CellErrors.Interrupted(number) : error;
    }

    public void Dispose() => wish.Dispose();
}
