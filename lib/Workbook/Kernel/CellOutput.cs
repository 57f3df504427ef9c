using System.Text;

namespace Workbook.Kernel;

/// <summary>What one cell writes: console text is gathered for a moment, so that a loop of small writes makes few
/// messages, and order is kept.</summary>
public sealed class CellOutput(IFrontEnd frontEnd)
{
    static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(50);
    const int MostGathered = 1 << 18;
    static readonly AsyncLocal<CellOutput?> Flowing = new();

    readonly Lock gate = new();
    readonly StringBuilder pending = new();
    string pendingName = "stdout";
    bool flushScheduled;

    /// <summary>The output of the cell that this thread or task belongs to; it follows into tasks and threads that the
    /// cell starts.</summary>
    public static CellOutput? Current
    {
        get => Flowing.Value ?? Fallback;
        set => Flowing.Value = value;
    }

    /// <summary>Where text goes from threads that belong to no cell; null leaves it on the program's own
    /// console.</summary>
    public static CellOutput? Fallback { get; set; }

    /// <summary>Console text.</summary>
    public void Write(string name, string text)
    {
        if (text.Length == 0)
            return;
        // An abort (see InterruptibleThread) is not delivered inside a finally block: the buffer is never left
        // half-changed.
        try { }
        finally
        {
            lock (gate)
            {
                if (name != pendingName)
                    FlushLocked();
                pendingName = name;
                pending.Append(text);
                if (pending.Length > MostGathered)
                    FlushLocked();
                else if (!flushScheduled)
                {
                    flushScheduled = true;
                    using (ExecutionContext.SuppressFlow())
                        Task.Delay(Delay).ContinueWith(_ => Flush(), TaskScheduler.Default);
                }
            }
        }
    }

    /// <summary>A display, after the text that was written before it.</summary>
    public void Display(MimeBundle data, string? displayId) => InOrder(() => frontEnd.Display(data, displayId));

    /// <summary>A display's new content.</summary>
    public void Update(MimeBundle data, string displayId) => InOrder(() => frontEnd.Update(data, displayId));

    /// <summary>A line from the reader.</summary>
    public string ReadLine(string prompt, bool hidden)
    {
        Flush();
        return frontEnd.ReadLine(prompt, hidden);
    }

    /// <summary>Sends what is gathered.</summary>
    public void Flush() => InOrder(static () => { });

    void InOrder(Action send)
    {
        try { }
        finally
        {
            lock (gate)
            {
                FlushLocked();
                send();
            }
        }
    }

    void FlushLocked()
    {
        flushScheduled = false;
        if (pending.Length == 0)
            return;
        string text = pending.ToString();
        pending.Clear();
        frontEnd.Stream(pendingName, text);
    }
}
