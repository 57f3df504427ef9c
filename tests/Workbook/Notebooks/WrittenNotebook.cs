using System.Text.Json.Nodes;
using Workbook.Notebooks;

namespace Tests.Workbook.Notebooks;

/// <summary>Notebooks that tests write, with the metadata that Polyglot Notebooks writes.</summary>
static class WrittenNotebook
{
    const string Metadata = """
        {
          "kernelspec": { "display_name": ".NET (C#)", "language": "C#", "name": ".net-csharp" },
          "language_info": { "name": "polyglot-notebook" },
          "polyglot_notebook": {
            "kernelInfo": { "defaultKernelName": "csharp", "items": [ { "aliases": [], "name": "csharp" } ] }
          }
        }
        """;

    /// <summary>A notebook of the cells given; what starts with <c>#</c> and a blank is text.</summary>
    public static Notebook Of(params string[] cells) =>
        Of([.. cells.Select(text => text.StartsWith("# ", StringComparison.Ordinal) ? Text(text) : Code(text))]);

    public static Notebook Of(params JsonObject[] cells) =>
        Notebook.Parse(
            new JsonObject
            {
                ["cells"] = new JsonArray([.. cells]),
                ["metadata"] = JsonNode.Parse(Metadata),
                ["nbformat"] = 4,
                ["nbformat_minor"] = 5,
            }.ToJsonString(),
            "written"
        );

    public static JsonObject Text(string text) =>
        new()
        {
            ["cell_type"] = "markdown",
            ["id"] = Id(),
            ["metadata"] = new JsonObject(),
            ["source"] = text,
        };

    public static JsonObject Code(string text, params JsonObject[] outputs) =>
        new()
        {
            ["cell_type"] = "code",
            ["id"] = Id(),
            ["execution_count"] = null,
            ["metadata"] = new JsonObject(),
            ["outputs"] = new JsonArray([.. outputs]),
            ["source"] = text,
        };

    public static JsonObject Tagged(JsonObject cell, string tag)
    {
        cell["metadata"]!["tags"] = new JsonArray(tag);
        return cell;
    }

    public static JsonObject Stream(string text) =>
        new()
        {
            ["output_type"] = "stream",
            ["name"] = "stdout",
            ["text"] = text,
        };

    public static JsonObject Data(string mimeType, JsonNode content) =>
        new()
        {
            ["output_type"] = "display_data",
            ["data"] = new JsonObject { [mimeType] = content },
            ["metadata"] = new JsonObject(),
        };

    static string Id() => Guid.NewGuid().ToString("N")[..8];
}
