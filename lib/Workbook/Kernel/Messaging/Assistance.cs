using System.Text;
using System.Text.Json.Nodes;

namespace Workbook.Kernel.Messaging;

/// <summary>An editor's questions as messages. Jupyter counts a cursor's position in code points, C# in UTF-16
/// units.</summary>
static class Assistance
{
    public static JsonObject Complete(CSharpSession session, string code, int cursor)
    {
        Completions found = new CodeAssistance(session).Complete(code, Units(code, cursor));
        return new JsonObject
        {
            ["status"] = "ok",
            ["matches"] = new JsonArray([.. found.Names.Select(name => (JsonNode)name)]),
            ["cursor_start"] = Points(code, found.Start),
            ["cursor_end"] = Points(code, found.End),
            ["metadata"] = new JsonObject(),
        };
    }

    public static JsonObject Inspect(CSharpSession session, string code, int cursor)
    {
        string? text = new CodeAssistance(session).Inspect(code, Units(code, cursor));
        return new JsonObject
        {
            ["status"] = "ok",
            ["found"] = text is not null,
            ["data"] = text is null ? [] : new JsonObject { ["text/plain"] = text },
            ["metadata"] = new JsonObject(),
        };
    }

    public static JsonObject IsComplete(string code) =>
        CodeAssistance.IsComplete(code) switch
        {
            Completeness.Complete => new JsonObject { ["status"] = "complete" },
            Completeness.Incomplete => new JsonObject { ["status"] = "incomplete", ["indent"] = "    " },
            _ => new JsonObject { ["status"] = "invalid" },
        };

    static int Units(string text, int points)
    {
        int units = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (points-- <= 0)
                break;
            units += rune.Utf16SequenceLength;
        }
        return units;
    }

    static int Points(string text, int units) => text[..units].EnumerateRunes().Count();
}
