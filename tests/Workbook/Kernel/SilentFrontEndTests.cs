using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using NetMQ;
using NetMQ.Sockets;
using Workbook.Kernel.Messaging;

namespace Tests.Workbook.Kernel;

/// <summary>Two front ends at one kernel, one of which is connected and never reads, as a console that was
/// suspended.</summary>
public class SilentFrontEndTests
{
    const string Key = "a key";
    const int Cells = 24,
        Characters = 20_000_000;

    // What 2,000 messages of 65,536 characters take, what a collector leaves lying, and the kernel itself beside it.
    const long MostMemory = 700L << 20;

    [Fact]
    public void A_front_end_that_does_not_read_costs_bounded_memory_and_the_other_one_misses_nothing()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("memory is read from /proc");
        using var folder = new TemporaryFolder();
        int[] ports = FreePorts(5);
        var places = new JsonObject
        {
            ["transport"] = "tcp",
            ["ip"] = "127.0.0.1",
            ["shell_port"] = ports[0],
            ["iopub_port"] = ports[1],
            ["stdin_port"] = ports[2],
            ["control_port"] = ports[3],
            ["hb_port"] = ports[4],
            ["key"] = Key,
            ["signature_scheme"] = "hmac-sha256",
        };
        File.WriteAllText(folder.File("kernel.json"), places.ToJsonString());
        using Process kernel = Process.Start(
            new ProcessStartInfo("dotnet", [Outside.Program, "kernel", folder.File("kernel.json")])
            {
                WorkingDirectory = folder.Path,
            }
        )!;
        try
        {
            string Address(int port) => $"tcp://127.0.0.1:{ports[port]}";
            using var memory = new ProcessTreeMemory(kernel.Id);
            using var silent = new SubscriberSocket();
            silent.Options.ReceiveHighWatermark = 1;
            silent.Connect(Address(1));
            silent.SubscribeToAnyTopic();
            using var asking = new DealerSocket();
            asking.Options.ReceiveHighWatermark = 1;
            asking.Options.Linger = TimeSpan.Zero;
            asking.Connect(Address(0));

            using var output = new SubscriberSocket();
            output.Options.ReceiveHighWatermark = 100_000;
            output.Connect(Address(1));
            output.SubscribeToAnyTopic();
            using var shell = new DealerSocket(Address(0));
            var signer = new MessageSigner(Key);
            // Once it has answered, it is there, and so are the subscriptions.
            Assert.Equal(3, Printed("Console.Write(\"yes\");"));
            for (int i = 0; i < 3000; i++)
                asking.SendMultipartMessage(Message.Create("kernel_info_request", [], null).Write(signer));
            for (int cell = 0; cell < Cells; cell++)
                Assert.Equal(
                    Characters,
                    Printed(
                        $"var line = new string('x', 999); "
                            + $"for (int i = 0; i < {Characters / 1000}; i++) Console.WriteLine(line);"
                    )
                );
            Assert.False(kernel.HasExited);
            TestContext.Current.SendDiagnosticMessage($"most memory: {memory.Most >> 20} MiB");
            Assert.InRange(memory.Most, 1, MostMemory);

            int Printed(string code)
            {
                Message request = Message.Create("execute_request", new JsonObject { ["code"] = code }, null);
                shell.SendMultipartMessage(request.Write(signer));
                int characters = 0;
                while (true)
                {
                    NetMQMessage? frames = null;
                    Assert.True(
                        output.TryReceiveMultipartMessage(TimeSpan.FromSeconds(60), ref frames),
                        "the other front end hears nothing"
                    );
                    Message message = Message.Read(frames!, signer);
                    if ((string?)message.Parent["msg_id"] != (string?)request.Header["msg_id"])
                        continue;
                    if (message.Type == "stream")
                        characters += ((string)message.Content["text"]!).Length;
                    if (message.Type == "status" && (string?)message.Content["execution_state"] == "idle")
                        return characters;
                }
            }
        }
        finally
        {
            kernel.Kill(entireProcessTree: true);
            kernel.WaitForExit();
        }
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
