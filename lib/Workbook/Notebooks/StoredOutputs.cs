using System.Text.Json.Nodes;
using Workbook.Kernel;

namespace Workbook.Notebooks;

/// <summary>The front end of a headless run: gathers a cell's outputs as the notebook stores them.</summary>
sealed class StoredOutputs : IFrontEnd
{
    readonly Lock gate = new();
    readonly Dictionary<string, List<JsonObject>> displays;
    readonly List<JsonObject> outputs = [];

    /// <param name="displays">The displays of all cells by their ids: a later cell may update an earlier
    /// cell's.</param>
    public StoredOutputs(Dictionary<string, List<JsonObject>> displays) => this.displays = displays;

    /// <summary>What came so far.</summary>
    public IReadOnlyList<JsonObject> Outputs
    {
        get
        {
            lock (gate)
                return [.. outputs.Select(output => output.DeepClone().AsObject())];
        }
    }

    public void Stream(string name, string text)
    {
        lock (gate)
        {
            if (
                outputs.LastOrDefault() is { } last
                && (string?)last["output_type"] == "stream"
                && (string?)last["name"] == name
            )
                last["text"] = NotebookCell.Lines(NotebookCell.Text(last["text"]) + text);
            else
                outputs.Add(
                    new JsonObject
                    {
                        ["name"] = name,
                        ["output_type"] = "stream",
                        ["text"] = NotebookCell.Lines(text),
                    }
                );
        }
    }

    public void Display(MimeBundle data, string? displayId)
    {
        lock (gate)
        {
            var output = new JsonObject
            {
                ["data"] = Data(data),
                ["metadata"] = new JsonObject(),
                ["output_type"] = "display_data",
            };
            outputs.Add(output);
            if (displayId is not null)
                lock (displays)
                    displays[displayId] = [output];
        }
    }

    public void Update(MimeBundle data, string displayId)
    {
        lock (displays)
        {
            foreach (JsonObject shown in displays.GetValueOrDefault(displayId, []))
                shown["data"] = Data(data);
        }
    }

    public string ReadLine(string prompt, bool hidden) =>
        throw new NotSupportedException("a notebook that asks for input cannot run by itself");

    /// <summary>Adds the value of the cell's last expression.</summary>
    public void Result(MimeBundle data, int executionCount)
    {
        lock (gate)
            outputs.Add(
                new JsonObject
                {
                    ["data"] = Data(data),
                    ["execution_count"] = executionCount,
                    ["metadata"] = new JsonObject(),
                    ["output_type"] = "execute_result",
                }
            );
    }

    /// <summary>Adds the error that ended the cell.</summary>
    public void Error(CellError error)
    {
        lock (gate)
        {
            outputs.Add(
                new JsonObject
                {
                    ["ename"] = error.Name,
                    ["evalue"] = error.Message,
                    ["output_type"] = "error",
                    ["traceback"] = new JsonArray([.. error.Trace.Select(line => (JsonNode)line)]),
                }
            );
        }
    }

    static JsonObject Data(MimeBundle data)
    {
        JsonObject json = data.ToJson();
        foreach (string mimeType in data.Keys)
            if (!MimeBundle.IsJson(mimeType))
                json[mimeType] = NotebookCell.Lines(data[mimeType]);
        return json;
    }
}
