using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using NetMQ;
using NetMQ.Sockets;
using Workbook.Kernel.Messaging;

namespace Tests.Workbook.Kernel;

public class MessageFuzzTests
{
    /// <summary>A thousand messages that are malformed, unsigned, replayed or too large: the kernel lives, and of all
    /// their cells none has run.</summary>
    [Fact]
    public void A_thousand_hostile_messages_execute_nothing_and_the_kernel_lives()
    {
        ConnectionFile connection = KernelClient.NewConnection();
        var server = new Thread(() => new KernelServer(connection, AppContext.BaseDirectory, new SeenMessages()).Run())
        {
            IsBackground = true,
        };
        server.Start();
        using var client = new KernelClient(connection);
        using var heartbeat = new DealerSocket(connection.Address(connection.HeartbeatPort));
        string marker = Path.Combine(Path.GetTempPath(), $"workbook-fuzz-{Guid.NewGuid():N}");
        string attack = $"System.IO.File.WriteAllText(@\"{marker}\", \"\");";
        try
        {
            Assert.Equal("0", client.Printed("var runs = 0; Console.Write(runs);"));
            Message counted = KernelClient.Cell("runs++;");
            NetMQMessage once = counted.Write(client.Signer);
            client.Shell.SendMultipartMessage(Copy(once));
            client.ReplyTo(counted);

            var random = new Random(20261127);
            byte[][] sound =
            [
                .. KernelClient
                    .Cell(attack)
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
                    3 => Signed(random, attack, client.Signer),
                    _ => Noise(random),
                };
                client.Shell.SendMultipartMessage(hostile);
                if (i % 50 == 0)
                    heartbeat.SendMultipartMessage(Noise(random));
            }
            int[] ports =
            [
                connection.ShellPort,
                connection.StdinPort,
                connection.ControlPort,
                connection.HeartbeatPort,
            ];
            foreach (int port in ports)
            {
                using var giant = new DealerSocket(connection.Address(port));
                giant.TrySendFrame(
                    TimeSpan.FromSeconds(5),
                    new byte[port == connection.HeartbeatPort ? 1 << 20 : 80 << 20]
                );
                using var many = new DealerSocket(connection.Address(port));
                many.SendMultipartMessage(
                    new NetMQMessage(Enumerable.Range(0, 1000).Select(_ => new NetMQFrame(new byte[100])))
                );
            }
            Assert.Equal("1", client.Printed("Console.Write(runs);"));
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
            using var control = new DealerSocket(connection.Address(connection.ControlPort));
            control.SendMultipartMessage(Message.Create("shutdown_request", [], null).Write(client.Signer));
            Assert.True(server.Join(TimeSpan.FromSeconds(20)), "the kernel did not end");
            File.Delete(marker);
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
}
