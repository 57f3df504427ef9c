using System.Net;
using System.Text;

namespace Workbook.Notebooks.Pages;

/// <summary>A code cell's text as HTML: its imports folded, its long lines wrapped with their indent, its types linked
/// to their sources.</summary>
static class CellCode
{
    /// <summary>More lines of imports than these are folded.</summary>
    const int ImportsInView = 2;

    public static string Html(string code, SourceIndex sources)
    {
        string[] lines = code.Split('\n');
        int imports = lines.TakeWhile(IsImport).Count();
        if (imports <= ImportsInView)
            return Pre(code, sources);
        string rest = string.Join('\n', lines.Skip(imports)).Trim('\n');
        return $"<details class=\"imports\"><summary>{imports} lines of "
            + $"imports</summary>\n{Pre(string.Join('\n', lines.Take(imports)), sources)}</details>\n"
            + (rest.Length > 0 ? Pre(rest, sources) : "");
    }

    static bool IsImport(string line) =>
        line.Trim() is var text
        && (
            text == ""
            || text.StartsWith("#r ", StringComparison.Ordinal)
            || text.StartsWith("using ", StringComparison.Ordinal) && text.EndsWith(';') && !text.Contains('(')
        );

    static string Pre(string code, SourceIndex sources)
    {
        var html = new StringBuilder("<pre class=\"code\"><code>");
        // Another language has other words.
        string coloured = code.StartsWith("#!", StringComparison.Ordinal)
            ? WebUtility.HtmlEncode(code)
            : CodeColours.Html(code, sources.AddressOf);
        foreach (string line in coloured.TrimEnd('\n').Split('\n'))
            html.Append($"<span class=\"line\">{line}\n</span>");
        return html.Append("</code></pre>\n").ToString();
    }
}
