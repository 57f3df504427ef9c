using NetMQ;
using NetMQ.Sockets;

namespace Workbook.Kernel.Messaging;

/// <summary>A kernel's five sockets, bound. Each is used by one thread, but for the publishing one, which is used under
/// a lock.</summary>
sealed class KernelSockets : IDisposable
{
    static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    // Room for the longest output of a cell, in the pieces in which it is sent, and more.
    const int MostWaiting = 2_000;
    const long MostFrame = 64 << 20,
        MostBeat = 64 << 10;
    const int MostComplaints = 20;

    readonly SeenMessages seen;
    int refused;
    bool closed;

    readonly PublisherSocket publishing = new();
    readonly ResponseSocket heartbeat = new();
    readonly MessageSigner signer;
    readonly Lock gate = new();

    /// <param name="connection">Where to bind.</param>
    /// <param name="seen">The messages that were taken already.</param>
    public KernelSockets(ConnectionFile connection, SeenMessages seen)
    {
        this.seen = seen;
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
            // What a front end that does not read can make this process hold; it alone misses what comes after that.
            socket.Options.SendHighWatermark = MostWaiting;
            socket.Options.MaxMsgSize = socket == heartbeat ? MostBeat : MostFrame;
            if (socket is RouterSocket router)
                router.Options.RouterHandover = true; // a front end that reconnects under its old name
            socket.Bind(connection.Address(port));
        }
    }

    public RouterSocket Shell { get; } = new();

    public RouterSocket Control { get; } = new();

    public RouterSocket Stdin { get; } = new();

    /// <summary>Sends on the publishing socket; from any thread, and after the end without effect.</summary>
    public void Publish(string type, System.Text.Json.Nodes.JsonObject content, Message? parent)
    {
        NetMQMessage frames = Message
            .Create(type, content, parent, System.Text.Encoding.ASCII.GetBytes(type))
            .Write(signer);
        lock (gate)
            if (!closed)
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
            Message message = Message.Read(frames!, signer);
            if (!seen.Add(frames![message.Identities.Count + 1].ConvertToString()))
                throw new InvalidDataException("a message that was sent before");
            return message;
        }
        catch (InvalidDataException error)
        {
            Refuse(error.Message);
            return null;
        }
    }

    /// <summary>How many messages were refused.</summary>
    public int Refused => refused;

    /// <summary>Counts a message that is not answered; the first ones are named.</summary>
    public void Refuse(string what)
    {
        int count = Interlocked.Increment(ref refused);
        if (count <= MostComplaints)
            Console.Error.WriteLine(
                $"kernel: refused {what}{(count == MostComplaints ? "; further ones are only counted" : "")}"
            );
    }

    /// <summary>Sends one heartbeat back, if one came in time.</summary>
    public void Beat(TimeSpan patience)
    {
        NetMQMessage? beat = null;
        if (heartbeat.TryReceiveMultipartMessage(patience, ref beat)) // of any number of frames: an odd one is no harm
            heartbeat.TrySendMultipartMessage(patience, beat!);
    }

    public void Dispose()
    {
        lock (gate)
            closed = true; // a cell's thread that goes on finds nobody to tell
        foreach (NetMQSocket socket in new NetMQSocket[] { Shell, Control, Stdin, publishing, heartbeat })
            socket.Dispose();
    }
}
