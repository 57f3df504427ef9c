using Workbook.Kernel;

namespace Workbook.Notebooks.Execution;

/// <summary>The front end of a cell in a worker process: its output goes to the runner as messages.</summary>
sealed class WorkerFrontEnd(int cell, Action<WorkerMessage> send, OutputBudget budget) : IFrontEnd
{
    public void Stream(string name, string text)
    {
        string beginning = budget.Beginning(text);
        if (beginning.Length > 0 && budget.Take([beginning], out _))
            send(new WorkerMessage.Streamed(cell, name, beginning));
        if (beginning.Length < text.Length)
            Fits([text]);
    }

    public void Display(MimeBundle data, string? displayId)
    {
        if (Fits(data.Values))
            send(new WorkerMessage.Displayed(cell, data, displayId));
    }

    public void Update(MimeBundle data, string displayId)
    {
        if (Say(budget.Holds(data.Values, out string? note), note))
            send(new WorkerMessage.Updated(cell, data, displayId));
    }

    public string ReadLine(string prompt, bool hidden) =>
        throw new NotSupportedException("a notebook that asks for input cannot run by itself");

    /// <summary>The value of the cell's last expression, where the budget has room for it.</summary>
    public MimeBundle? Result(MimeBundle? value) => value is not null && Fits(value.Values) ? value : null;

    bool Fits(IEnumerable<string> texts) => Say(budget.Take(texts, out string? note), note);

    bool Say(bool fits, string? note)
    {
        if (note is not null)
            send(new WorkerMessage.Streamed(cell, "stderr", note));
        return fits;
    }
}
