using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using NetMQ;
using NetMQ.Sockets;
using Workbook.Kernel.Messaging;

namespace Tests.Workbook.Kernel;

/// <summary>A front end of Jupyter's protocol that sends a cell and hears what comes of it; with sockets at hand for
/// what no front end does.</summary>
sealed class KernelClient : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly SubscriberSocket output = new();

    /// <summary>Waits until the kernel has answered and its output is heard.</summary>
    public KernelClient(ConnectionFile connection)
    {
        Signer = new MessageSigner(connection.Key);
        Shell = new DealerSocket(connection.Address(connection.ShellPort));
        Shell.Options.Linger = TimeSpan.Zero;
        output.Options.ReceiveHighWatermark = 100_000;
        output.Connect(connection.Address(connection.IOPubPort));
        output.SubscribeToAnyTopic();
        NetMQMessage? heard = null;
        do ReplyTo(Ask("kernel_info_request", []));
        while (!output.TryReceiveMultipartMessage(TimeSpan.FromMilliseconds(100), ref heard));
    }

    public MessageSigner Signer { get; }

    public DealerSocket Shell { get; }

    /// <summary>A connection over ports that are free now.</summary>
    public static ConnectionFile NewConnection()
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, 5).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in listeners)
            listener.Start();
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (TcpListener listener in listeners)
            listener.Stop();
        return new("tcp", "127.0.0.1", ports[0], ports[1], ports[2], ports[3], ports[4], "a key", "hmac-sha256");
    }

    /// <summary>A connection as Jupyter writes it.</summary>
    public static string Json(ConnectionFile connection) =>
        new JsonObject
        {
            ["transport"] = connection.Transport,
            ["ip"] = connection.Ip,
            ["shell_port"] = connection.ShellPort,
            ["iopub_port"] = connection.IOPubPort,
            ["stdin_port"] = connection.StdinPort,
            ["control_port"] = connection.ControlPort,
            ["hb_port"] = connection.HeartbeatPort,
            ["key"] = connection.Key,
            ["signature_scheme"] = connection.SignatureScheme,
        }.ToJsonString();

    /// <summary>A request to run a cell.</summary>
    public static Message Cell(string code) =>
        Message.Create("execute_request", new JsonObject { ["code"] = code }, null);

    /// <summary>Sends a request.</summary>
    public Message Ask(string type, JsonObject content)
    {
        Message request = Message.Create(type, content, null);
        Shell.SendMultipartMessage(request.Write(Signer));
        return request;
    }

    /// <summary>Waits for the answer to a request.</summary>
    public Message ReplyTo(Message request)
    {
        NetMQMessage? frames = null;
        while (Shell.TryReceiveMultipartMessage(Patience, ref frames))
            if (Message.Read(frames!, Signer) is var reply && Belongs(reply, request))
                return reply;
        throw new TimeoutException("the kernel does not answer");
    }

    /// <summary>Runs a cell to its end.</summary>
    /// <param name="code">The cell.</param>
    /// <param name="heard">Gets what the cell puts out.</param>
    /// <returns>The answer's status.</returns>
    public string? Run(string code, Action<Message> heard)
    {
        Message request = Cell(code);
        Shell.SendMultipartMessage(request.Write(Signer));
        while (true)
        {
            NetMQMessage? frames = null;
            Assert.True(output.TryReceiveMultipartMessage(Patience, ref frames), "the front end hears nothing");
            Message message = Message.Read(frames!, Signer);
            if (!Belongs(message, request))
                continue;
            if (message.Type == "status" && (string?)message.Content["execution_state"] == "idle")
                return (string?)ReplyTo(request).Content["status"];
            heard(message);
        }
    }

    /// <summary>Runs a cell that succeeds.</summary>
    /// <returns>What it prints, on both streams.</returns>
    public string Printed(string code)
    {
        var text = new System.Text.StringBuilder();
        string? status = Run(
            code,
            message =>
            {
                if (message.Type == "stream")
                    text.Append((string?)message.Content["text"]);
            }
        );
        Assert.True(status == "ok", $"{status}: {text}");
        return text.ToString();
    }

    public void Dispose()
    {
        output.Dispose();
        Shell.Dispose();
    }

    static bool Belongs(Message message, Message request) =>
        (string?)message.Parent["msg_id"] == (string?)request.Header["msg_id"];
}
