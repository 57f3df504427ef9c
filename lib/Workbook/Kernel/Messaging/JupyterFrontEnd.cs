using System.Text.Json.Nodes;

namespace Workbook.Kernel.Messaging;

/// <summary>The front end that sent an <c>execute_request</c>: its cell's output goes out as messages that name that
/// request as their parent.</summary>
sealed class JupyterFrontEnd(KernelSockets sockets, Message request) : IFrontEnd
{
    /// <summary>Messages wait for a front end that does not read, and their number is limited: so their size is, too.
    /// In characters.</summary>
    const int LongestText = 1 << 16;

    static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    readonly OutputBudget budget = new();

    // A front end shows the last update only, but it is sent each of them, and one that does not read has them wait.
    readonly OutputBudget updates = new(10 * OutputBudget.OfACell);

    public void Stream(string name, string text)
    {
        string beginning = budget.Beginning(text);
        if (beginning.Length > 0 && budget.Take([beginning], out _))
            Send(name, beginning);
        if (beginning.Length < text.Length)
            Fits([text]);
    }

    public void Display(MimeBundle data, string? displayId)
    {
        if (Fits(data.Values))
            sockets.Publish("display_data", Content(data, displayId), request);
    }

    public void Update(MimeBundle data, string displayId)
    {
        if (Say(budget.Holds(data.Values, out string? note), note) && Say(updates.Take(data.Values, out note), note))
            sockets.Publish("update_display_data", Content(data, displayId), request);
    }

    /// <summary>Whether an output may be sent; a note takes the place of the first that may not.</summary>
    public bool Fits(IEnumerable<string> texts) => Say(budget.Take(texts, out string? note), note);

    bool Say(bool fits, string? note)
    {
        if (note is not null)
            Send("stderr", note);
        return fits;
    }

    void Send(string name, string text)
    {
        for (int at = 0; at < text.Length; )
        {
            int length = Math.Min(LongestText, text.Length - at);
            if (at + length < text.Length && char.IsHighSurrogate(text[at + length - 1]))
                length--;
            string piece = text.Substring(at, length);
            sockets.Publish("stream", new JsonObject { ["name"] = name, ["text"] = piece }, request);
            at += length;
        }
    }

    public string ReadLine(string prompt, bool hidden)
    {
        if ((bool?)request.Content["allow_stdin"] == false)
            throw new NotSupportedException("this front end does not take input");
        sockets.Send(
            sockets.Stdin,
            Message.Create(
                "input_request",
                new JsonObject { ["prompt"] = prompt, ["password"] = hidden },
                request,
                request.Identities
            )
        );
        while (true) // in short waits, so that an interrupt is heard
        {
            CellInterrupt.Poll();
            if (sockets.Receive(sockets.Stdin, Patience) is { Type: "input_reply" } reply)
                return reply.Content["value"] is JsonValue value && value.TryGetValue(out string? line) ? line : "";
        }
    }

    static JsonObject Content(MimeBundle data, string? displayId) =>
        new()
        {
            ["data"] = data.ToJson(),
            ["metadata"] = new JsonObject(),
            ["transient"] = displayId is null ? [] : new JsonObject { ["display_id"] = displayId },
        };
}
