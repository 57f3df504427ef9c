namespace RobustInference.Reporting;

/// <summary>A <see cref="Table"/> as a pipe table.</summary>
static class MarkdownTable
{
    public static string Write(Table table)
    {
        var lines = new List<string>();
        if (table.Title != "")
            lines.AddRange([$"**{Escaped(table.Title)}**", ""]);
        lines.Add(
            Line(
                table.Columns.Select(column =>
                    Escaped(column.Group == "" ? column.Header : $"{column.Group}: {column.Header}")
                )
            )
        );
        lines.Add(
            Line(
                table.Columns.Select(column =>
                    column.Alignment switch
                    {
                        Alignment.Right => "---:",
                        Alignment.Centre => ":---:",
                        _ => "---",
                    }
                )
            )
        );
        lines.AddRange(table.Rows.Select(row => Line(row.Select(Value))));
        foreach (string note in table.Notes)
            lines.AddRange(["", Escaped(note)]);
        return string.Concat(lines.Select(line => line + "\n"));
    }

    static string Value(Cell cell)
    {
        string text = Escaped(cell.Text);
        return (cell.IsBold ? $"**{text}**" : text)
            + (cell.Excluded == "" ? "" : $" ({Escaped(cell.Excluded)})")
            + Escaped(cell.Mark);
    }

    static string Line(IEnumerable<string> cells) => "| " + string.Join(" | ", cells) + " |";

    static string Escaped(string text) =>
        string.Concat(
            text.Select(c =>
                c switch
                {
                    '\\' or '|' or '*' or '_' or '`' or '<' or '[' or ']' => $"\\{c}",
                    '\n' => "<br>",
                    '\r' => "",
                    _ => c.ToString(),
                }
            )
        );
}
