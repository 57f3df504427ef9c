using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using RobustInference.Devices;
using Spectre.Console;

namespace Workbook.Terminal;

/// <summary>Results go to standard output, progress and remarks to standard error: so the one can be piped while the
/// other is watched.</summary>
public static class Screen
{
    const int WidthOfFiles = 160;

    static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Standard output.</summary>
    public static IAnsiConsole Results { get; } = Open(Console.Out);

    /// <summary>Standard error.</summary>
    public static IAnsiConsole Remarks { get; } = Open(Console.Error);

    /// <summary>Whether bars can move on standard error; otherwise plain lines now and then.</summary>
    public static bool IsLive => Remarks.Profile.Out.IsTerminal && Remarks.Profile.Capabilities.Ansi;

    /// <summary>One JSON document on standard output; names become snake_case, and an object names the device of its
    /// work at its end.</summary>
    public static void Json<T>(T document)
    {
        var node = JsonSerializer.SerializeToNode(document, Format);
        if (node is JsonObject facts && ComputeDevice.Used is { } device)
            facts.TryAdd("device", ComputeDevice.NameOf(device));
        Console.Out.WriteLine(node?.ToJsonString(Format) ?? "null");
    }

    /// <summary>One plain line on standard error.</summary>
    public static void Remark(string line)
    {
        // Folding is for people: in a file one line stays one line, however long a path is.
        if (Remarks.Profile.Out.IsTerminal)
            Remarks.Write(new Text(line + Environment.NewLine));
        else
            Console.Error.WriteLine(line);
    }

    static IAnsiConsole Open(TextWriter writer)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        // Nobody's terminal is 80 columns wide any more, and a file has no width at all: a table must not be folded
        // there.
        if (!console.Profile.Out.IsTerminal)
            console.Profile.Width = WidthOfFiles;
        return console;
    }
}
