using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using NetMQ;
using NetMQ.Sockets;
using Workbook.Kernel.Messaging;

namespace Tests.Workbook.Kernel;

public class MessageFuzzTests
{
    const string Key = "a key";

    /// <summary>A thousand messages that are malformed, unsigned, replayed or too large: the kernel lives, and of all
    /// their cells none has run.</summary>
    [Fact]
    public void A_thousand_hostile_messages_execute_nothing_and_the_kernel_lives()
    {
        int[] ports = FreePorts(5);
        var connection = new ConnectionFile(
            "tcp",
            "127.0.0.1",
            ports[0],
            ports[1],
            ports[2],
            ports[3],
            ports[4],
            Key,
            "hmac-sha256"
        );
        var server = new Thread(() => new KernelServer(connection, AppContext.BaseDirectory, new SeenMessages()).Run())
        {
            IsBackground = true,
        };
        server.Start();
        var signer = new MessageSigner(Key);
        using var shell = new DealerSocket(connection.Address(ports[0]));
        using var heartbeat = new DealerSocket(connection.Address(ports[4]));
        string marker = Path.Combine(Path.GetTempPath(), $"workbook-fuzz-{Guid.NewGuid():N}");
        string attack = $"System.IO.File.WriteAllText(@\"{marker}\", \"\");";
        try
        {
            Assert.Equal("0", Evaluate("var runs = 0; runs"));
            Message counted = Message.Create("execute_request", new JsonObject { ["code"] = "runs++;" }, null);
            NetMQMessage once = counted.Write(signer);
            shell.SendMultipartMessage(Copy(once));
            ReplyTo(counted);

            var random = new Random(20261127);
            byte[][] sound =
            [
                .. Message
                    .Create("execute_request", new JsonObject { ["code"] = attack }, null)
                    .Write(new MessageSigner("another key"))
                    .Select(frame => frame.ToByteArray()),
            ];
            for (int i = 0; i < 1000; i++)
            {
                NetMQMessage hostile = (i % 5) switch
                {
                    0 => Copy(once), // replayed
                    1 => new NetMQMessage(sound), // signed by nobody who knows the key
                    2 => Damaged(sound, random),
                    3 => Signed(random, attack, signer),
                    _ => Noise(random),
                };
                shell.SendMultipartMessage(hostile);
                if (i % 50 == 0)
                    heartbeat.SendMultipartMessage(Noise(random));
            }
            foreach (int port in ports.Where(port => port != ports[1]))
            {
                using var giant = new DealerSocket(connection.Address(port));
                giant.TrySendFrame(TimeSpan.FromSeconds(5), new byte[port == ports[4] ? 1 << 20 : 80 << 20]);
                using var many = new DealerSocket(connection.Address(port));
                many.SendMultipartMessage(
                    new NetMQMessage(Enumerable.Range(0, 1000).Select(_ => new NetMQFrame(new byte[100])))
                );
            }
            Assert.Equal("1", Evaluate("runs"));
            Assert.False(File.Exists(marker));
            heartbeat.SendMultipartMessage(
                new NetMQMessage([
                    [],
                    Encoding.ASCII.GetBytes("alive"),
                ])
            );
            NetMQMessage? beat = null;
            long start = Stopwatch.GetTimestamp();
            while (beat is null || beat.Last.ConvertToString() != "alive")
            {
                Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(10), "the heart stands still");
                heartbeat.TryReceiveMultipartMessage(TimeSpan.FromSeconds(1), ref beat);
            }
        }
        finally
        {
            using var control = new DealerSocket(connection.Address(ports[3]));
            control.SendMultipartMessage(Message.Create("shutdown_request", [], null).Write(signer));
            Assert.True(server.Join(TimeSpan.FromSeconds(20)), "the kernel did not end");
            File.Delete(marker);
        }

        string? Evaluate(string code)
        {
            Message request = Message.Create(
                "execute_request",
                new JsonObject
                {
                    ["code"] = $"Console.Write({code.Split(' ')[^1]});".Insert(
                        0,
                        code.Contains(';') ? code[..(code.LastIndexOf(';') + 1)] : ""
                    ),
                },
                null
            );
            using var output = new SubscriberSocket(connection.Address(ports[1]));
            output.SubscribeToAnyTopic();
            Thread.Sleep(300); // until the subscription has arrived
            shell.SendMultipartMessage(request.Write(signer));
            Assert.Equal("ok", (string?)ReplyTo(request).Content["status"]);
            NetMQMessage? frames = null;
            while (output.TryReceiveMultipartMessage(TimeSpan.FromSeconds(2), ref frames))
                if (
                    Message.Read(frames!, signer) is { Type: "stream" } said
                    && (string?)said.Parent["msg_id"] == (string?)request.Header["msg_id"]
                )
                    return (string?)said.Content["text"];
            return null;
        }

        Message ReplyTo(Message request)
        {
            NetMQMessage? frames = null;
            while (shell.TryReceiveMultipartMessage(TimeSpan.FromSeconds(60), ref frames))
                if (
                    Message.Read(frames!, signer) is var reply
                    && (string?)reply.Parent["msg_id"] == (string?)request.Header["msg_id"]
                )
                    return reply;
            throw new TimeoutException("no reply");
        }
    }

    static NetMQMessage Copy(NetMQMessage message) => new(message.Select(frame => frame.ToByteArray()));

    static NetMQMessage Damaged(byte[][] frames, Random random)
    {
        byte[][] damaged = [.. frames.Select(frame => (byte[])frame.Clone())];
        byte[] frame = damaged[random.Next(damaged.Length)];
        if (frame.Length > 0)
            frame[random.Next(frame.Length)] ^= (byte)(1 + random.Next(255));
        return new NetMQMessage(random.Next(2) == 0 ? damaged : damaged[..random.Next(1, damaged.Length)]);
    }

    static NetMQMessage Noise(Random random)
    {
        var message = new NetMQMessage();
        for (int i = random.Next(1, 80); i > 0; i--)
        {
            byte[] frame = new byte[random.Next(200)];
            random.NextBytes(frame);
            message.Append(frame);
        }
        return message;
    }

    // By one who knows the key, but of a wrong shape.
    static NetMQMessage Signed(Random random, string code, MessageSigner signer)
    {
        string header = """{"msg_id":"x","msg_type":"execute_request"}""",
            content = $"{{\"code\":{JsonValue.Create(code)!.ToJsonString()}}}";
        string[] parts = random.Next(6) switch
        {
            0 => ["""{"msg_id":"x","msg_type":5}""", "{}", "{}", content],
            1 => ["""{"msg_id":"x","msg_type":"execute_request","msg_id":"y"}""", "{}", "{}", content],
            2 => [header, "{}", "{}", "{\"code\":\"\\ud800\"}"],
            3 => [header, "[]", "{}", content],
            4 => ["{}", "{}", "{}", content],
            _ => [header, "{}", new string('[', 500), content],
        };
        byte[][] body = [.. parts.Select(Encoding.UTF8.GetBytes)];
        return new NetMQMessage([
            Encoding.ASCII.GetBytes("<IDS|MSG>"),
            Encoding.ASCII.GetBytes(signer.Sign(body)),
            .. body,
        ]);
    }

    static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in listeners)
            listener.Start();
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (TcpListener listener in listeners)
            listener.Stop();
        return ports;
    }
}
