using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using RobustInference.Files;
using RobustInference.Serving;

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

    const long LargestFile = 256L << 20;

    readonly JsonObject root;

    Notebook(JsonObject root, IReadOnlyList<NotebookCell> cells) => (this.root, Cells) = (root, cells);

    /// <summary>The cells, in order.</summary>
    public IReadOnlyList<NotebookCell> Cells { get; private set; }

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
            .SelectMany(cell => cell.Headings)
            .FirstOrDefault(heading => heading.Level == 1)
            ?.Text;

    /// <summary>The heading that a cell stands under, without its markup; null for none.</summary>
    public string? HeadingOver(NotebookCell cell) =>
        Cells
            .Where(other => other.Number < cell.Number && other.Kind == CellKind.Markdown)
            .SelectMany(other => other.Headings)
            .LastOrDefault()
            ?.Text;

    /// <summary>Takes away the code cells of a tag.</summary>
    internal void Remove(string tag)
    {
        var array = root["cells"]!.AsArray();
        foreach (int place in Cells.Where(cell => cell.Tags.Contains(tag)).Select(cell => cell.Number - 1).Reverse())
            array.RemoveAt(place);
        Renumber();
    }

    /// <summary>Puts a code cell of a tag behind another.</summary>
    internal void InsertAfter(NotebookCell cell, string code, string tag)
    {
        root["cells"]!
            .AsArray()
            .Insert(
                cell.Place(root["cells"]!.AsArray()) + 1,
                new JsonObject
                {
                    ["cell_type"] = "code",
                    ["execution_count"] = null,
                    ["id"] = tag,
                    ["metadata"] = new JsonObject { ["tags"] = new JsonArray(tag) },
                    ["outputs"] = new JsonArray(),
                    ["source"] = NotebookCell.Lines(code),
                }
            );
        Renumber();
    }

    void Renumber() => Cells = CellsOf(root);

    static IReadOnlyList<NotebookCell> CellsOf(JsonObject root) =>
        [.. root["cells"]!.AsArray().Select((cell, index) => new NotebookCell(cell!.AsObject(), index + 1))];

    /// <summary>Reads a file and checks all of it.</summary>
    /// <exception cref="InvalidDataException">It is not a notebook of format 4, or larger than 256 MB; the message
    /// names file, cell and reason.</exception>
    public static Notebook Read(string path)
    {
        using (var file = InputFile.Open(path, "a notebook"))
            if (file.Length > LargestFile)
                throw NotebookProblem.Of(
                    path,
                    0,
                    $"{file.Length >> 20} MB; a notebook may have {LargestFile >> 20} MB"
                );
        return Parse(InputFile.ReadAllBytes(path, LargestFile, "a notebook"), path);
    }

    /// <summary>Reads a notebook's text; <paramref name="name"/> is for messages.</summary>
    /// <exception cref="InvalidDataException">It is not a notebook of format 4.</exception>
    public static Notebook Parse(string text, string name) => Parse(System.Text.Encoding.UTF8.GetBytes(text), name);

    static Notebook Parse(ReadOnlySpan<byte> json, string name)
    {
        JsonObject root = NotebookSyntax.Parse(json, name);
        NotebookSchema.Check(root, name);
        return new Notebook(root, CellsOf(root));
    }

    /// <summary>Writes the notebook; the file is whole or not there.</summary>
    public void Write(string path) => AtomicFile.WriteText(path, ToJson());

    /// <summary>The notebook's text, as <see cref="Write"/> writes it.</summary>
    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Layout))
            root.WriteTo(writer);
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }
}
