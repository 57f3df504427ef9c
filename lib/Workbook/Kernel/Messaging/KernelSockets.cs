using NetMQ;
using NetMQ.Sockets;

namespace Workbook.Kernel.Messaging;

/// <summary>A kernel's five sockets, bound. Each is used by one thread, but for the publishing one, which is used under
/// a lock.</summary>
sealed class KernelSockets : IDisposable
{
    static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    readonly PublisherSocket publishing = new();
    readonly ResponseSocket heartbeat = new();
    readonly MessageSigner signer;
    readonly Lock gate = new();

    public KernelSockets(ConnectionFile connection)
    {
        signer = new MessageSigner(connection.Key);
        foreach (
            (NetMQSocket socket, int port) in new (NetMQSocket, int)[]
            {
                (Shell, connection.ShellPort),
                (Control, connection.ControlPort),
                (Stdin, connection.StdinPort),
                (publishing, connection.IOPubPort),
                (heartbeat, connection.HeartbeatPort),
            }
        )
        {
            socket.Options.Linger = Linger;
            socket.Options.SendHighWatermark = 0; // no output is dropped because a front end is slow
            if (socket is RouterSocket router)
                router.Options.RouterHandover = true; // a front end that reconnects under its old name
            socket.Bind(connection.Address(port));
        }
    }

    public RouterSocket Shell { get; } = new();

    public RouterSocket Control { get; } = new();

    public RouterSocket Stdin { get; } = new();

    /// <summary>Sends on the publishing socket; from any thread.</summary>
    public void Publish(string type, System.Text.Json.Nodes.JsonObject content, Message? parent)
    {
        NetMQMessage frames = Message
            .Create(type, content, parent, System.Text.Encoding.ASCII.GetBytes(type))
            .Write(signer);
        lock (gate)
            publishing.SendMultipartMessage(frames);
    }

    /// <summary>Sends on one of the routing sockets; only from the thread that owns it.</summary>
    public void Send(RouterSocket socket, Message message) => socket.SendMultipartMessage(message.Write(signer));

    /// <summary>Waits for a message; null when none came in time. What is malformed or wrongly signed is passed
    /// over.</summary>
    public Message? Receive(RouterSocket socket, TimeSpan patience)
    {
        NetMQMessage? frames = null;
        if (!socket.TryReceiveMultipartMessage(patience, ref frames))
            return null;
        try
        {
            return Message.Read(frames!, signer);
        }
        catch (InvalidDataException error)
        {
            Console.Error.WriteLine($"kernel: passed over {error.Message}");
            return null;
        }
    }

    /// <summary>Sends one heartbeat back, if one came in time.</summary>
    public void Beat(TimeSpan patience)
    {
        if (heartbeat.TryReceiveFrameBytes(patience, out byte[]? beat))
            heartbeat.SendFrame(beat);
    }

    public void Dispose()
    {
        foreach (NetMQSocket socket in new NetMQSocket[] { Shell, Control, Stdin, publishing, heartbeat })
            socket.Dispose();
    }
}
