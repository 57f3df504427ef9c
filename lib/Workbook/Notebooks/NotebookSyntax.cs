using System.Text.Json;
using System.Text.Json.Nodes;
using RobustInference.Files;

namespace Workbook.Notebooks;

/// <summary>Reads a notebook's JSON and refuses what other programs would not read: broken syntax, a name that stands
/// twice, half characters, numbers that JSON does not know.</summary>
static class NotebookSyntax
{
    const int Depth = 64;

    /// <summary>The root object.</summary>
    /// <param name="json">The file's bytes.</param>
    /// <param name="name">The file, for messages.</param>
    /// <exception cref="InvalidDataException">It is no JSON object; the message names file, cell and
    /// reason.</exception>
    public static JsonObject Parse(ReadOnlySpan<byte> json, string name)
    {
        if (json.StartsWith("\uFEFF"u8))
            json = json[3..];
        var place = new JsonPlace();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Depth });
        try
        {
            while (reader.Read())
                place.Take(ref reader);
        }
        catch (JsonException error)
        {
            throw NotebookProblem.Of(name, place.Cell, $"not JSON: {JsonFault.Reason(error)}{At(place)}", error);
        }
        catch (InvalidOperationException error)
        {
            throw NotebookProblem.Of(
                name,
                place.Cell,
                $"a text is not valid Unicode (half a character){At(place)}",
                error
            );
        }
        return JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { MaxDepth = Depth }) as JsonObject
            ?? throw NotebookProblem.Of(name, 0, "not a notebook: the file holds no JSON object");
    }

    /// <summary>Whether a text is JSON that a notebook may hold.</summary>
    public static bool IsSound(string json)
    {
        var reader = new Utf8JsonReader(
            System.Text.Encoding.UTF8.GetBytes(json),
            new JsonReaderOptions { MaxDepth = Depth / 2 }
        );
        var place = new JsonPlace();
        try
        {
            while (reader.Read())
                place.Take(ref reader);
            return true;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    static string At(JsonPlace place) => place.Path is { Length: > 0 } path ? $", at {path}" : "";
}
