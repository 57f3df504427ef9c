using System.Text;
using System.Text.Json.Nodes;
using Workbook.Kernel;

namespace Workbook.Notebooks.Execution;

/// <summary>The outputs of one cell as the notebook stores them.</summary>
/// <param name="displays">The displays of all cells by their ids: a later cell may update an earlier cell's.</param>
sealed class StoredOutputs(Dictionary<string, List<JsonObject>> displays)
{
    readonly List<JsonObject> outputs = [];
    readonly StringBuilder text = new();
    string? stream; // what `text` is, when it is the last output

    /// <summary>What came so far, to be changed by nobody else.</summary>
    public IReadOnlyList<JsonObject> Copies()
    {
        Close();
        return [.. outputs.Select(output => output.DeepClone().AsObject())];
    }

    /// <summary>Console text; neighbours of one stream become one output.</summary>
    public void Stream(string name, string more)
    {
        if (stream != name)
            Close();
        stream = name;
        text.Append(more);
    }

    /// <summary>Something shown.</summary>
    public void Display(IReadOnlyDictionary<string, string> data, string? displayId)
    {
        JsonObject output = Add(
            new JsonObject
            {
                ["data"] = Data(data),
                ["metadata"] = new JsonObject(),
                ["output_type"] = "display_data",
            }
        );
        if (displayId is not null)
            displays[displayId] = [output];
    }

    /// <summary>New content of something shown before.</summary>
    public void Update(IReadOnlyDictionary<string, string> data, string displayId)
    {
        foreach (JsonObject shown in displays.GetValueOrDefault(displayId, []))
            shown["data"] = Data(data);
    }

    /// <summary>The value of the cell's last expression.</summary>
    public void Result(IReadOnlyDictionary<string, string> data, int executionCount) =>
        Add(
            new JsonObject
            {
                ["data"] = Data(data),
                ["execution_count"] = executionCount,
                ["metadata"] = new JsonObject(),
                ["output_type"] = "execute_result",
            }
        );

    /// <summary>The error that ended the cell.</summary>
    public void Error(CellError error) =>
        Add(
            new JsonObject
            {
                ["ename"] = error.Name,
                ["evalue"] = error.Message,
                ["output_type"] = "error",
                ["traceback"] = new JsonArray([.. error.Trace.Select(line => (JsonNode)line)]),
            }
        );

    JsonObject Add(JsonObject output)
    {
        Close();
        outputs.Add(output);
        return output;
    }

    // An open stream goes on in its own output when the same one writes again.
    void Close()
    {
        if (stream is null)
            return;
        string name = stream,
            whole = text.ToString();
        text.Clear();
        stream = null;
        if (
            outputs.LastOrDefault() is { } last
            && (string?)last["output_type"] == "stream"
            && (string?)last["name"] == name
        )
            last["text"] = NotebookCell.Lines(NotebookCell.Text(last["text"]) + whole);
        else
            outputs.Add(
                new JsonObject
                {
                    ["name"] = name,
                    ["output_type"] = "stream",
                    ["text"] = NotebookCell.Lines(whole),
                }
            );
    }

    static JsonObject Data(IReadOnlyDictionary<string, string> data)
    {
        var json = new JsonObject();
        foreach ((string mimeType, string content) in data)
            json[mimeType] =
                MimeBundle.IsJson(mimeType) && NotebookSyntax.IsSound(content)
                    ? JsonNode.Parse(content)
                    : NotebookCell.Lines(content);
        return json;
    }
}
