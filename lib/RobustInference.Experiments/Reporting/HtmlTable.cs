using System.Text;

namespace RobustInference.Reporting;

/// <summary>A <see cref="Table"/> as an HTML fragment. Colours are mixed from the page's own text colour, so it reads
/// on light and dark.</summary>
static class HtmlTable
{
    const string Style = """
        <style>
        .ri-table { border-collapse: collapse; margin: .6em 0; color: inherit; background: transparent;
          font-variant-numeric: tabular-nums; font-size: .92em }
        .ri-table caption { caption-side: top; text-align: left; font-weight: 600; padding: .3em 0; color: inherit }
        .ri-table th, .ri-table td { padding: .25em .9em .25em .5em; border: 0; background: transparent }
        .ri-table th, .ri-table td { white-space: nowrap; vertical-align: baseline; text-align: left }
        .ri-table thead tr:last-child th { border-bottom: 1px solid color-mix(in srgb, currentColor 55%, transparent) }
        .ri-table th[colspan] { text-align: center;
          border-bottom: 1px solid color-mix(in srgb, currentColor 25%, transparent) }
        .ri-table tbody tr + tr td { border-top: 1px solid color-mix(in srgb, currentColor 12%, transparent) }
        .ri-table .r { text-align: right } .ri-table .c { text-align: center }
        .ri-table small { display: block; font-size: .85em; color: color-mix(in srgb, currentColor 70%, transparent) }
        .ri-table .m { display: inline-block; width: 0; overflow: visible }
        .ri-table tfoot td { font-size: .85em; white-space: normal; padding-top: .5em;
          color: color-mix(in srgb, currentColor 80%, transparent) }
        </style>

        """;

    public static string Write(Table table)
    {
        var html = new StringBuilder(Style).Append("<table class=\"ri-table\">\n");
        if (table.Title != "")
            html.Append($"<caption>{Escaped(table.Title)}</caption>\n");
        html.Append("<thead>\n");
        if (table.HasGroups)
            html.Append("<tr>")
                .AppendJoin(
                    "",
                    table
                        .Groups()
                        .Select(g =>
                            g.Group == ""
                                ? "<td></td>"
                                : $"<th colspan=\"{g.Count}\" scope=\"colgroup\">{Escaped(g.Group)}</th>"
                        )
                )
                .Append("</tr>\n");
        html.Append("<tr>")
            .AppendJoin(
                "",
                table.Columns.Select(column => $"<th scope=\"col\"{Class(column)}>{Escaped(column.Header)}</th>")
            )
            .Append("</tr>\n");
        html.Append("</thead>\n<tbody>\n");
        foreach (var row in table.Rows)
            html.Append("<tr>")
                .AppendJoin("", row.Select((cell, c) => $"<td{Class(table.Columns[c])}>{Content(cell)}</td>"))
                .Append("</tr>\n");
        html.Append("</tbody>\n");
        if (table.Notes.Count > 0)
            html.Append(
                "<tfoot><tr><td "
                    + $"colspan=\"{table.Columns.Count}\">"
                    + $"{string.Join("<br>", table.Notes.Select(Escaped))}</td></tr></tfoot>\n"
            );
        return html.Append("</table>\n").ToString();
    }

    static string Class(Column column) =>
        column.Alignment switch
        {
            Alignment.Right => " class=\"r\"",
            Alignment.Centre => " class=\"c\"",
            _ => "",
        };

    static string Content(Cell cell)
    {
        string text = Escaped(cell.Text);
        return (cell.IsBold ? $"<b>{text}</b>" : text)
            + (cell.Mark == "" ? "" : $"<span class=\"m\">{Escaped(cell.Mark)}</span>")
            + (cell.Excluded == "" ? "" : $"<small>({Escaped(cell.Excluded)})</small>");
    }

    // Encodes <, >, & and quotes alone: Greek letters and signs stay readable in the source.
    static string Escaped(string text) =>
        text.Replace("&", "&amp;")
            .Replace("<", "&lt;")
            .Replace(">", "&gt;")
            .Replace("\"", "&quot;")
            .Replace("\n", "<br>");
}
