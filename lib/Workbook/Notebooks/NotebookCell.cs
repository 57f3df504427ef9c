using System.Text.Json.Nodes;

namespace Workbook.Notebooks;

/// <summary>A cell of a <see cref="Notebook"/>.</summary>
public sealed class NotebookCell
{
    readonly JsonObject cell;

    internal NotebookCell(JsonObject cell, int number) => (this.cell, Number) = (cell, number);

    /// <summary>The cell's place in the notebook, from 1, counting text cells too.</summary>
    public int Number { get; }

    /// <summary>What the cell holds.</summary>
    public CellKind Kind =>
        (string?)cell["cell_type"] switch
        {
            "code" => CellKind.Code,
            "markdown" => CellKind.Markdown,
            _ => CellKind.Raw,
        };

    /// <summary>The text, however the file splits it into lines.</summary>
    public string Source => Text(cell["source"]);

    /// <summary>What is run: the source, marked with its language where the cell's metadata names another than C#, as
    /// Polyglot Notebooks does.</summary>
    public string Code =>
        (string?)(
            cell["metadata"]?["polyglot_notebook"]?["kernelName"]
            ?? cell["metadata"]?["dotnet_interactive"]?["language"]
        )
            is { } language
                and not "csharp"
            ? $"#!{language}\n{Source}"
            : Source;

    /// <summary>The tags, such as <c>raises-exception</c>.</summary>
    public IEnumerable<string> Tags =>
        cell["metadata"]?["tags"] is JsonArray tags ? tags.Select(tag => (string)tag!) : [];

    /// <summary>The headings of a text cell, without their markup.</summary>
    public IEnumerable<Heading> Headings
    {
        get
        {
            bool fenced = false;
            foreach (string line in Source.Split('\n'))
            {
                fenced ^= line.TrimStart().StartsWith("```", StringComparison.Ordinal);
                int level = fenced ? 0 : line.TakeWhile(letter => letter == '#').Count();
                if (level is >= 1 and <= 6 && line.Length > level && line[level] == ' ')
                    yield return new Heading(level, line[level..].Replace("*", "").Replace("`", "").Trim());
            }
        }
    }

    /// <summary>The stored outputs of a code cell.</summary>
    public IEnumerable<JsonObject> Outputs =>
        cell["outputs"] is JsonArray outputs ? outputs.Select(output => output!.AsObject()) : [];

    /// <summary>Where the cell stands in <paramref name="cells"/>, from 0.</summary>
    internal int Place(JsonArray cells) => cells.IndexOf(cell);

    /// <summary>Replaces the outputs and the execution count.</summary>
    internal void Store(int? executionCount, IEnumerable<JsonObject> outputs)
    {
        cell["execution_count"] = executionCount;
        cell["outputs"] = new JsonArray([.. outputs]);
    }

    /// <summary>A text of the format, which may be one string or a list of lines.</summary>
    internal static string Text(JsonNode? text) =>
        text is JsonArray lines ? string.Concat(lines.Select(line => (string?)line)) : (string?)text ?? "";

    /// <summary>A text as the format's list of lines.</summary>
    internal static JsonArray Lines(string text)
    {
        var lines = new JsonArray();
        for (int start = 0; start < text.Length; )
        {
            int end = text.IndexOf('\n', start) is var found && found < 0 ? text.Length : found + 1;
            lines.Add((JsonNode)text[start..end]);
            start = end;
        }
        return lines;
    }
}
