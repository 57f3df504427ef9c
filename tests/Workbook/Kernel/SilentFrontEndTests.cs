using System.Diagnostics;
using NetMQ;
using NetMQ.Sockets;
using Workbook.Kernel.Messaging;

namespace Tests.Workbook.Kernel;

/// <summary>Two front ends at one kernel, one of which is connected and never reads, as a console that was
/// suspended.</summary>
public sealed class SilentFrontEndTests : IDisposable
{
    // What 2,000 messages of 65,536 characters take, what a collector leaves lying, and the kernel itself beside it.
    const long MostMemory = 700L << 20;

    readonly TemporaryFolder folder = new();
    readonly Process kernel;
    readonly ProcessTreeMemory memory;
    readonly SubscriberSocket silent = new();
    readonly DealerSocket asking = new();
    readonly KernelClient reading;

    public SilentFrontEndTests()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("memory is read from /proc");
        ConnectionFile connection = KernelClient.NewConnection();
        File.WriteAllText(folder.File("kernel.json"), KernelClient.Json(connection));
        kernel = Process.Start(
            new ProcessStartInfo("dotnet", [Outside.Program, "kernel", folder.File("kernel.json")])
            {
                WorkingDirectory = folder.Path,
            }
        )!;
        memory = new ProcessTreeMemory(kernel.Id);
        silent.Options.ReceiveHighWatermark = 1;
        silent.Connect(connection.Address(connection.IOPubPort));
        silent.SubscribeToAnyTopic();
        asking.Options.ReceiveHighWatermark = 1;
        asking.Options.Linger = TimeSpan.Zero;
        asking.Connect(connection.Address(connection.ShellPort));
        reading = new KernelClient(connection);
    }

    public void Dispose()
    {
        kernel.Kill(entireProcessTree: true);
        kernel.WaitForExit();
        memory.Dispose();
        reading.Dispose();
        asking.Dispose();
        silent.Dispose();
        kernel.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void A_front_end_that_does_not_read_costs_bounded_memory_and_the_other_one_misses_nothing()
    {
        const int Cells = 48,
            Lines = 9_900;
        for (int i = 0; i < 3000; i++)
            asking.SendMultipartMessage(Message.Create("kernel_info_request", [], null).Write(reading.Signer));
        for (int cell = 0; cell < Cells; cell++)
            Assert.Equal(
                Lines * 1000,
                reading
                    .Printed(
                        $"var line = new string('x', 999); for (int i = 0; i < {Lines}; i++) Console.WriteLine(line);"
                    )
                    .Length
            );
        Stands();
    }

    [Theory]
    [InlineData("display(HTML($\"{i}{large}\"));", 9)]
    [InlineData("shown.Update(HTML($\"{i}{large}\"));", 99)]
    public void What_a_cell_displays_is_limited_in_bytes_and_the_reader_is_told(string display, int most)
    {
        int displays = 0,
            notes = 0;
        string? status = reading.Run(
            "var large = new string('x', 1_000_000); var shown = display(HTML(\"0\")); "
                + $"for (int i = 0; i < 500; i++) {display}",
            message =>
            {
                if (message.Type is "display_data" or "update_display_data")
                    displays++;
                if (message.Type == "stream" && ((string?)message.Content["text"])!.Contains("is left out"))
                    notes++;
            }
        );
        Assert.Equal("ok", status);
        Assert.Equal((most + 1, 1), (displays, notes));
        Assert.Equal("next", reading.Printed("Console.Write(\"next\");"));
        Stands();
    }

    [Fact]
    public void An_error_is_cut_to_what_a_reader_can_use()
    {
        int characters = 0;
        string? status = reading.Run(
            "int Down(int n) => n == 0 ? throw new Exception(new string('x', 20_000_000)) : Down(n - 1) + 1; Down(999)",
            message =>
            {
                if (message.Type == "error")
                    characters = message.Content.ToJsonString().Length;
            }
        );
        Assert.Equal("error", status);
        Assert.InRange(characters, 40_000, 80_000);
        Stands();
    }

    void Stands()
    {
        Assert.False(kernel.HasExited);
        TestContext.Current.SendDiagnosticMessage($"most memory: {memory.Most >> 20} MiB");
        Assert.InRange(memory.Most, 1, MostMemory);
    }
}
