using System.Text.Json;
using System.Text.Json.Nodes;

namespace Workbook.Notebooks;

/// <summary>Checks a notebook's structure against nbformat 4, as far as this program reads it, before anything is
/// run.</summary>
sealed class NotebookSchema
{
    readonly string name;
    int cell;

    NotebookSchema(string name) => this.name = name;

    /// <summary>Checks the whole notebook.</summary>
    /// <param name="root">Its JSON.</param>
    /// <param name="name">The file, for messages.</param>
    /// <exception cref="InvalidDataException">It is not of format 4; the message names file, cell and
    /// reason.</exception>
    public static void Check(JsonObject root, string name) => new NotebookSchema(name).Check(root);

    void Check(JsonObject root)
    {
        if (Kind(root["nbformat"]) != JsonValueKind.Number || root["nbformat"]!.ToJsonString() != "4")
            throw Problem($"not a notebook of format 4 (nbformat is {root["nbformat"]?.ToJsonString() ?? "missing"})");
        if (root["cells"] is null)
            throw Problem("not a notebook: no cells");
        Optional(root["metadata"], "metadata", JsonValueKind.Object);
        JsonArray cells = List(root["cells"], "cells");
        foreach (JsonNode? node in cells)
        {
            cell++;
            Cell(Object(node, "the cell"));
        }
    }

    void Cell(JsonObject node)
    {
        string kind = Text(node["cell_type"], "cell_type");
        if (kind is not ("code" or "markdown" or "raw"))
            throw Problem($"cell_type is \"{kind}\"; it must be code, markdown or raw");
        MultilineText(node["source"], "source");
        Optional(node["metadata"], "metadata", JsonValueKind.Object);
        Optional(node["attachments"], "attachments", JsonValueKind.Object);
        if (node["metadata"] is JsonObject metadata)
            Metadata(metadata);
        if (kind != "code")
            return;
        Optional(node["execution_count"], "execution_count", JsonValueKind.Number);
        if (node["outputs"] is not { } outputs)
            return;
        int i = 0;
        foreach (JsonNode? output in List(outputs, "outputs"))
            Output(Object(output, $"outputs[{i}]"), $"outputs[{i++}]");
    }

    void Metadata(JsonObject metadata)
    {
        if (metadata["tags"] is { } tags)
        {
            int i = 0;
            foreach (JsonNode? tag in List(tags, "metadata.tags"))
                Text(tag, $"metadata.tags[{i++}]");
        }
        foreach (
            (string place, string key) in new[]
            {
                ("polyglot_notebook", "kernelName"),
                ("dotnet_interactive", "language"),
            }
        )
            if (metadata[place] is { } language)
                Optional(Object(language, $"metadata.{place}")[key], $"metadata.{place}.{key}", JsonValueKind.String);
    }

    void Output(JsonObject output, string place)
    {
        string kind = Text(output["output_type"], $"{place}.output_type");
        switch (kind)
        {
            case "stream":
                Text(output["name"], $"{place}.name");
                MultilineText(output["text"], $"{place}.text");
                break;
            case "error":
                Text(output["ename"], $"{place}.ename");
                Text(output["evalue"], $"{place}.evalue");
                foreach (JsonNode? line in List(output["traceback"], $"{place}.traceback"))
                    Text(line, $"{place}.traceback");
                break;
            case "display_data" or "execute_result":
                foreach ((string form, JsonNode? content) in Object(output["data"], $"{place}.data"))
                    if (!Kernel.MimeBundle.IsJson(form))
                        MultilineText(content, $"{place}.data['{form}']");
                break;
            default:
                throw Problem(
                    $"{place}.output_type is \"{kind}\"; it must be stream, display_data, execute_result or error"
                );
        }
    }

    void MultilineText(JsonNode? node, string place)
    {
        if (node is not JsonArray lines)
            Text(node, place, " or a list of strings");
        else
            for (int i = 0; i < lines.Count; i++)
                Text(lines[i], $"{place}[{i}]");
    }

    string Text(JsonNode? node, string place, string orElse = "") =>
        Kind(node) == JsonValueKind.String ? (string)node! : throw Wrong(node, place, "a string" + orElse);

    JsonArray List(JsonNode? node, string place) => node as JsonArray ?? throw Wrong(node, place, "a list");

    JsonObject Object(JsonNode? node, string place) => node as JsonObject ?? throw Wrong(node, place, "an object");

    void Optional(JsonNode? node, string place, JsonValueKind kind)
    {
        if (node is not null && Kind(node) != kind)
            throw Wrong(
                node,
                place,
                kind switch
                {
                    JsonValueKind.Object => "an object",
                    JsonValueKind.Number => "a number",
                    _ => "a string",
                }
            );
    }

    InvalidDataException Wrong(JsonNode? node, string place, string wanted) =>
        Problem($"{place} is {Shown(node)}; it must be {wanted}");

    static string Shown(JsonNode? node) =>
        node switch
        {
            null => "missing or null",
            JsonObject => "an object",
            JsonArray => "a list",
            _ => node.ToJsonString() is { Length: <= 40 } text ? text : node.ToJsonString()[..40] + "…",
        };

    static JsonValueKind Kind(JsonNode? node) => node?.GetValueKind() ?? JsonValueKind.Null;

    InvalidDataException Problem(string reason) => NotebookProblem.Of(name, cell, reason);
}
