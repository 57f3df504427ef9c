using System.Net;

namespace Workbook.Kernel;

/// <summary>A plain HTML table; numbers stand flush right, and what does not fit is said below it.</summary>
static class HtmlTable
{
    /// <summary>Writes a table.</summary>
    /// <param name="writer">Gets the HTML.</param>
    /// <param name="header">Column titles.</param>
    /// <param name="rows">The cells as text.</param>
    /// <param name="keys">How many leading columns are row keys.</param>
    /// <param name="note">A line below the table, or null.</param>
    public static void Write(
        TextWriter writer,
        IReadOnlyList<string> header,
        IEnumerable<IReadOnlyList<string>> rows,
        int keys,
        string? note = null
    )
    {
        writer.Write("<table class=\"frame\"><thead><tr>");
        foreach (string title in header)
            writer.Write($"<th>{WebUtility.HtmlEncode(title)}</th>");
        writer.Write("</tr></thead><tbody>");
        foreach (IReadOnlyList<string> row in rows)
        {
            writer.Write("<tr>");
            for (int column = 0; column < row.Count; column++)
            {
                string text = WebUtility.HtmlEncode(row[column]);
                if (column < keys)
                    writer.Write($"<th>{text}</th>");
                else
                    writer.Write(
                        IsNumber(row[column])
                            ? $"<td style=\"text-align:right\">{text}</td>"
                            : $"<td style=\"text-align:left\">{text}</td>"
                    );
            }
            writer.Write("</tr>");
        }
        writer.Write("</tbody></table>");
        if (note is not null)
            writer.Write($"<p><small>{WebUtility.HtmlEncode(note)}</small></p>");
    }

    /// <summary>A cell's value as text: numbers with few digits, missing values as an empty cell.</summary>
    public static string Text(object? value) =>
        value switch
        {
            null => "",
            double number => number.ToString("G6"),
            float number => number.ToString("G6"),
            IFormattable formattable => formattable.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };

    static bool IsNumber(string text) =>
        text.Length > 0
        && (char.IsAsciiDigit(text[^1]) || text[^1] == '%')
        && (char.IsAsciiDigit(text[0]) || text[0] is '-' or '.');
}
