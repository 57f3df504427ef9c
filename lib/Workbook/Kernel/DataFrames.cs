using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Analysis;
using Microsoft.DotNet.Interactive.Formatting;
using RobustInference.Results;

namespace Workbook.Kernel;

/// <summary>How a <see cref="DataFrame"/> is shown: its first rows as a table.</summary>
static class DataFrames
{
    const int Rows = 50;

    public static void Register()
    {
        Formatter.SetPreferredMimeTypesFor(typeof(DataFrame), "text/html", "text/plain");
        Formatter.Register<DataFrame>(WriteHtml, "text/html");
        Formatter.Register<DataFrame>(WriteText, "text/plain");
        Formatter.Register<DataFrame>(
            (frame, writer) => writer.Write(Objects(frame).ToJsonString()),
            "application/json"
        );
    }

    // How other languages get it: an object a row.
    static JsonArray Objects(DataFrame frame)
    {
        var rows = new JsonArray();
        foreach (DataFrameRow row in frame.Rows)
            rows.Add(
                new JsonObject(frame.Columns.Select((column, i) => KeyValuePair.Create(column.Name, Value(row[i]))))
            );
        return rows;
    }

    // JSON has no number for what is none.
    static JsonNode? Value(object? value) =>
        value switch
        {
            double number when !double.IsFinite(number) => null,
            float number when !float.IsFinite(number) => null,
            _ => JsonSerializer.SerializeToNode(value),
        };

    static void WriteText(DataFrame frame, TextWriter writer) =>
        writer.Write(frame is QueriedFrame answer ? answer.FirstRows().ToText() : Head(frame).ToString());

    static void WriteHtml(DataFrame frame, TextWriter writer)
    {
        if (frame is QueriedFrame answer) // it knows which columns hold numbers
            writer.Write(answer.FirstRows().ToHtml());
        else
            HtmlTable.Write(
                writer,
                ["", .. frame.Columns.Select(column => column.Name)],
                Enumerable
                    .Range(0, (int)Math.Min(Rows, frame.Rows.Count))
                    .Select(row =>
                        (string[])[row.ToString(), .. frame.Columns.Select(column => HtmlTable.Text(column[row]))]
                    ),
                keys: 1,
                frame.Rows.Count > Rows ? $"{Rows} of {frame.Rows.Count} rows" : null
            );
    }

    static DataFrame Head(DataFrame frame) => frame.Rows.Count > Rows ? frame.Head(Rows) : frame;
}
