using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Data.Analysis;

namespace RobustInference.Notebooks;

/// <summary>Values of other languages as DuckDB's SQL spells them.</summary>
static partial class SqlValue
{
    /// <summary>The statement that makes <paramref name="value"/> known under <paramref name="name"/>: a table where it
    /// has rows (a data frame, a list of objects), else a variable.</summary>
    /// <exception cref="ArgumentException">That is no name, or no value that SQL could hold.</exception>
    public static string Declare(string name, object? value)
    {
        if (!Identifier.IsMatch(name))
            throw new ArgumentException($"'{name}' is not a name for a variable or table");
        object? plain = value switch
        {
            JsonDocument document => document.RootElement,
            DataFrame frame => Rows(frame),
            _ => value,
        };
        bool table = plain is JsonElement { ValueKind: JsonValueKind.Array } array
            ? array.GetArrayLength() > 0 && array[0].ValueKind == JsonValueKind.Object
            : value is DataFrame { Rows.Count: > 0 };
        return table
            ? $"create or replace temp table \"{name}\" as select unnest({Literal(plain)}, recursive := true)"
            : $"set variable {name} = {Literal(plain)}";
    }

    static string Literal(object? value) =>
        value switch
        {
            null => "null",
            bool truth => truth ? "true" : "false",
            string text => Quoted(text),
            JsonElement json => Json(json),
            double or float => $"{Number(value)}::double",
            IDictionary fields => Struct(fields.Keys.Cast<object>().Select(key => ($"{key}", Literal(fields[key])))),
            IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(Literal))}]",
            DateTime or DateTimeOffset => Quoted($"{value:O}") + "::timestamp",
            IFormattable when value.GetType().IsPrimitive || value is decimal => Number(value),
            _ => throw new ArgumentException($"SQL has no value like {value.GetType().Name}"),
        };

    static string Json(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.Array => $"[{string.Join(", ", json.EnumerateArray().Select(Json))}]",
            JsonValueKind.Object => Struct(json.EnumerateObject().Select(field => (field.Name, Json(field.Value)))),
            JsonValueKind.String => Quoted(json.GetString()!),
            JsonValueKind.Number => json.GetRawText(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => "null",
        };

    static IEnumerable<Dictionary<string, object?>> Rows(DataFrame frame) =>
        frame.Rows.Select(row =>
            frame
                .Columns.Select((column, i) => (column.Name, Value: (object?)row[i]))
                .ToDictionary(field => field.Name, field => field.Value)
        );

    static string Struct(IEnumerable<(string Name, string Value)> fields) =>
        $"{{{string.Join(", ", fields.Select(field => $"{Quoted(field.Name)}: {field.Value}"))}}}";

    static string Number(object value) =>
        Convert.ToString(value, CultureInfo.InvariantCulture) switch
        {
            "NaN" => "'NaN'",
            "Infinity" => "'Infinity'",
            "-Infinity" => "'-Infinity'",
            { } digits => digits,
            null => "null",
        };

    static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"\A[\p{L}_][\p{L}\p{N}_]*\z")]
    private static partial Regex Identifier { get; }
}
