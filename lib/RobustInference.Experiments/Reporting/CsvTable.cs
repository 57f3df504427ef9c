using System.Globalization;

namespace RobustInference.Reporting;

/// <summary>A <see cref="Table"/> as comma-separated values (RFC 4180).</summary>
static class CsvTable
{
    public static string Write(Table table)
    {
        var header = table.Columns.Select(column =>
            column.Group == "" ? column.Header : $"{column.Group}: {column.Header}"
        );
        return string.Concat(table.Rows.Select(row => row.Select(Value)).Prepend(header).Select(Record));
    }

    // A deviation or a published value beside the number would be lost if only the number were written.
    static string Value(Cell cell) =>
        cell.Number is { } number && cell.Excluded == "" && !cell.Text.Contains('±')
            ? number.ToString("R", CultureInfo.InvariantCulture)
        : ReferenceEquals(cell, Cell.Missing) || cell == Cell.Missing ? ""
        : cell.Text + (cell.Excluded == "" ? "" : $" ({cell.Excluded})") + cell.Mark;

    static string Record(IEnumerable<string> values) => string.Join(',', values.Select(Quoted)) + "\r\n";

    static string Quoted(string value) =>
        value.AsSpan().ContainsAny(",\"\r\n") ? $"\"{value.Replace("\"", "\"\"")}\"" : value;
}
