using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using RobustInference.Reporting;

namespace Workbook.Notebooks.Pages;

/// <summary>A stored output as HTML: of its forms the one that a page without a network shows best.</summary>
static partial class OutputHtml
{
    const string Plotly = "application/vnd.plotly.v1+json";

    // As in the pages' styles.
    const string LightPaper = "#ffffff",
        DarkPaper = "#14171c";

    const double LeastScale = 0.62;

    /// <summary>Whether showing it takes plotly.js.</summary>
    public static bool NeedsPlotly(JsonObject output) => output["data"] is JsonObject data && Best(data) == Plotly;

    /// <summary>The picture as the address of an image, or null where the output is none.</summary>
    public static string? Picture(JsonObject output) =>
        output["data"] is JsonObject data
            ? Best(data) switch
            {
                "image/svg+xml" => Svg(NotebookCell.Text(data["image/svg+xml"])),
                { } mimeType when mimeType.StartsWith("image/", StringComparison.Ordinal) => Address(
                    mimeType,
                    NotebookCell.Text(data[mimeType]).ReplaceLineEndings("")
                ),
                _ => null,
            }
            : null;

    /// <summary>The output as HTML.</summary>
    public static string Render(JsonObject output, Func<string, string> markdown, Prose prose)
    {
        switch ((string?)output["output_type"])
        {
            case "stream":
                return $"<div class=\"output "
                    + $"{Encode((string?)output["name"])}\">"
                    + $"{Text(NotebookCell.Text(output["text"]))}</div>";
            case "error":
                return $"<div class=\"output error\">{Text(Error(output))}</div>";
        }
        if (output["data"] is not JsonObject data || Best(data) is not { } best)
            return "";
        // A picture as an image element: the ids inside one drawing cannot meet those of another.
        if (Picture(output) is { } picture)
            return $"<div class=\"output picture\"><img alt=\"{Encode(Alternative(data))}\"{Least(data)} "
                + $"src=\"{picture}\"></div>";
        return best switch
        {
            Plotly => $"<div class=\"output\"><div class=\"plotly-figure\"><script "
                + "type=\"application/json\">"
                + data[Plotly]!.ToJsonString().Replace("</", "<\\/", StringComparison.Ordinal)
                + "</script></div></div>",
            "text/html" => $"<div class=\"output\">{prose.Html(NotebookCell.Text(data[best]), isTable: true)}</div>",
            "text/markdown" => $"<div class=\"output text\">{markdown(NotebookCell.Text(data[best]))}</div>",
            _ => "<div class=\"output\">"
                + Text(data[best] is JsonObject json ? json.ToJsonString() : NotebookCell.Text(data[best]))
                + "</div>",
        };
    }

    // A drawing that needs no script first; then a figure drawn by the script that the page carries.
    static string? Best(JsonObject data) =>
        new[]
        {
            "image/svg+xml",
            "image/png",
            "image/jpeg",
            Plotly,
            "text/html",
            "text/markdown",
            "text/latex",
            "text/plain",
        }.FirstOrDefault(data.ContainsKey) ?? data.Select(form => form.Key).FirstOrDefault();

    static string Error(JsonObject output) =>
        output["traceback"] is JsonArray { Count: > 0 } trace
            ? string.Join('\n', trace.Select(line => (string?)line))
            : $"{(string?)output["ename"]}: {(string?)output["evalue"]}";

    // Sentences are wrapped; what is aligned by spaces stays as it is, and scrolls.
    static string Text(string text)
    {
        string plain = Plain(text);
        return $"<pre{(Aligned.IsMatch(plain) ? "" : " class=\"wrapped\"")}>{Encode(plain)}</pre>";
    }

    // On a narrow page a drawing scrolls sideways before its letters become too small to read.
    static string Least(JsonObject data) =>
        data["image/svg+xml"] is { } svg
        && WidthOfSvg.Match(NotebookCell.Text(svg)) is { Success: true } match
        && double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) is var width
            ? string.Create(CultureInfo.InvariantCulture, $" style=\"min-width:{LeastScale * width:0}px\"")
            : "";

    static string Alternative(JsonObject data) => data["text/plain"] is { } text ? NotebookCell.Text(text) : "figure";

    /// <summary>A drawing as the address of an image.</summary>
    /// <remarks>Drawings are stored in colours between those for light and for dark paper; on a page, which follows its
    /// reader's choice, text and axes get the contrast of the page's own text.</remarks>
    public static string Svg(string drawing)
    {
        int end = drawing.IndexOf('>', Math.Max(0, drawing.IndexOf("<svg", StringComparison.Ordinal)));
        string themed = end < 0 ? drawing : drawing.Insert(end + 1, ThemeOfPage);
        return Address("image/svg+xml", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(themed)));
    }

    static readonly string ThemeOfPage =
        $"<style>svg rect.flow-paper[width=\"100%\"]{{fill:none}}{Rules(Theme.Light, LightPaper)}"
        + $"@media (prefers-color-scheme: dark){{{Rules(Theme.Dark, DarkPaper)}}}</style>";

    // Hollow marks, and what is behind a label, have the page's colour.
    static string Rules(Theme theme, string paper) =>
        $"ellipse[fill=\"white\"],svg .flow-paper{{fill:{paper}}}"
        + $"[fill=\"{Theme.Neutral.Text.ToUpperInvariant()}\"],[fill=\"{Theme.Neutral.Text}\"]{{fill:{theme.Text}}}"
        + $"[stroke=\"{Theme.Neutral.Text.ToUpperInvariant()}\"],"
        + $"[stroke=\"{Theme.Neutral.Text}\"]{{stroke:{theme.Text}}}";

    static string Address(string mimeType, string base64) => $"data:{mimeType};base64,{base64}";

    static string Encode(string? text) => WebUtility.HtmlEncode(text ?? "");

    static string Plain(string text) => TerminalColour.Replace(text, "");

    [GeneratedRegex("\e\\[[0-9;]*[A-Za-z]")]
    private static partial Regex TerminalColour { get; }

    [GeneratedRegex(@"\S {2,}\S|\t")]
    private static partial Regex Aligned { get; }

    [GeneratedRegex(@"<svg\b[^>]*?\bwidth=""(\d{1,5}(?:\.\d+)?)(?:px)?""")]
    private static partial Regex WidthOfSvg { get; }
}
