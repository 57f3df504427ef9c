using System.Text.Json.Nodes;

namespace Workbook.Kernel.Messaging;

/// <summary>What the kernel says of itself.</summary>
static class KernelInfo
{
    public static JsonObject Content() =>
        new()
        {
            ["status"] = "ok",
            ["protocol_version"] = "5.3",
            ["implementation"] = "workbook",
            ["implementation_version"] = typeof(KernelInfo).Assembly.GetName().Version!.ToString(3),
            ["language_info"] = new JsonObject
            {
                ["name"] = "C#",
                ["version"] = "14.0",
                ["mimetype"] = "text/x-csharp",
                ["file_extension"] = ".cs",
                ["pygments_lexer"] = "csharp",
                ["codemirror_mode"] = "text/x-csharp",
            },
            ["banner"] = $"C# on .NET {Environment.Version}",
            ["help_links"] = new JsonArray(),
        };
}
