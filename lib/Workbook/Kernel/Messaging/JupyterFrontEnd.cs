using System.Text.Json.Nodes;

namespace Workbook.Kernel.Messaging;

/// <summary>The front end that sent an <c>execute_request</c>: its cell's output goes out as messages that name that
/// request as their parent.</summary>
sealed class JupyterFrontEnd(KernelSockets sockets, Message request) : IFrontEnd
{
    static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    public void Stream(string name, string text) =>
        sockets.Publish("stream", new JsonObject { ["name"] = name, ["text"] = text }, request);

    public void Display(MimeBundle data, string? displayId) =>
        sockets.Publish("display_data", Content(data, displayId), request);

    public void Update(MimeBundle data, string displayId) =>
        sockets.Publish("update_display_data", Content(data, displayId), request);

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
