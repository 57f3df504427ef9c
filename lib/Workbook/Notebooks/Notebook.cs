using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Workbook.Notebooks;

/// <summary>A notebook of format nbformat 4. What is not understood here is kept as it is.</summary>
public sealed class Notebook
{
    // As Jupyter itself writes them: one blank a level, letters of all scripts as they are.
    static readonly JsonWriterOptions Layout = new()
    {
        Indented = true,
        IndentSize = 1,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    readonly JsonObject root;

    Notebook(JsonObject root, IReadOnlyList<NotebookCell> cells) => (this.root, Cells) = (root, cells);

    /// <summary>The cells, in order.</summary>
    public IReadOnlyList<NotebookCell> Cells { get; }

    /// <summary>The notebook's metadata, to be read and changed.</summary>
    public JsonObject Metadata
    {
        get
        {
            if (root["metadata"] is JsonObject there)
                return there;
            var added = new JsonObject();
            root["metadata"] = added;
            return added;
        }
    }

    /// <summary>The first heading, or null.</summary>
    public string? Title =>
        Cells
            .Where(cell => cell.Kind == CellKind.Markdown)
            .SelectMany(cell => cell.Source.Split('\n'))
            .FirstOrDefault(line => line.StartsWith("# ", StringComparison.Ordinal))
            ?[2..].Trim();

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is not a notebook of format 4.</exception>
    public static Notebook Read(string path) => Parse(File.ReadAllText(path), path);

    /// <summary>Reads a notebook's text; <paramref name="name"/> is for messages.</summary>
    /// <exception cref="InvalidDataException">It is not a notebook of format 4.</exception>
    public static Notebook Parse(string text, string name)
    {
        try
        {
            JsonObject root =
                JsonNode.Parse(text)?.AsObject() ?? throw new InvalidDataException($"{name}: not a notebook: empty");
            if ((int?)root["nbformat"] != 4)
                throw new InvalidDataException(
                    $"{name}: not a notebook of format 4 (nbformat is {root["nbformat"]?.ToJsonString() ?? "missing"})"
                );
            JsonArray cells =
                root["cells"]?.AsArray() ?? throw new InvalidDataException($"{name}: not a notebook: no cells");
            return new Notebook(
                root,
                [.. cells.Select((cell, index) => new NotebookCell(cell!.AsObject(), index + 1))]
            );
        }
        catch (Exception error)
            when (error is JsonException or InvalidOperationException or NullReferenceException or FormatException)
        {
            throw new InvalidDataException($"{name}: not a notebook: {error.Message}", error);
        }
    }

    /// <summary>Writes the notebook; the file is whole or not there.</summary>
    public void Write(string path)
    {
        string unfinished = path + ".new";
        File.WriteAllText(unfinished, ToJson());
        File.Move(unfinished, path, overwrite: true);
    }

    /// <summary>The notebook's text, as <see cref="Write"/> writes it.</summary>
    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Layout))
            root.WriteTo(writer);
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }
}
