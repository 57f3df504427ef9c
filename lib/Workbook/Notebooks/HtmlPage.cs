using System.Net;
using System.Text;
using Markdig;
using RobustInference.Reporting;
using Workbook.Kernel;

namespace Workbook.Notebooks;

/// <summary>A notebook as one HTML file that needs nothing beside it: no network, no script but those that it carries
/// and uses.</summary>
public static class HtmlPage
{
    static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UseAdvancedExtensions()
        .Use(new FormulaRenderer())
        .Build();

    /// <summary>The page.</summary>
    /// <param name="notebook">With its outputs.</param>
    /// <param name="title">For the window; the notebook's heading shows on the page itself.</param>
    /// <param name="folder">Where the notebook lies: pictures that its text names by relative paths are taken
    /// in.</param>
    public static string Render(Notebook notebook, string title, string folder)
    {
        var body = new StringBuilder("<nav><a href=\"index.html\">all chapters</a></nav>\n");
        foreach (NotebookCell cell in notebook.Cells)
            Add(body, cell, folder);
        return Frame(
            title,
            body.ToString(),
            notebook.Cells.SelectMany(cell => cell.Outputs).Any(OutputHtml.NeedsPlotly)
        );
    }

    /// <summary>A page around <paramref name="body"/>, with the scripts that it needs.</summary>
    internal static string Frame(string title, string body, bool plotly)
    {
        var page = new StringBuilder();
        page.Append(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
                + "content=\"width=device-width, initial-scale=1\">\n"
        );
        // Without an icon of its own, a page makes its browser ask for one.
        page.Append("<link rel=\"icon\" href=\"data:,\">\n");
        page.Append(
            $"<title>{WebUtility.HtmlEncode(title)}</title>\n<style>\n{PageResource.Read("page.css")}</style>\n</head>\n<body>\n<main>\n{body}</main>\n"
        );
        if (plotly)
            AddScripts(page, PlotlyScript.Read(), PageResource.Read("plotly.js"));
        if (body.Contains("class=\"math", StringComparison.Ordinal))
            AddScripts(page, PageResource.Read("katex.min.js"), PageResource.Read("math.js"));
        return page.Append("</body>\n</html>\n").ToString();
    }

    static void AddScripts(StringBuilder page, params ReadOnlySpan<string> scripts)
    {
        foreach (string script in scripts)
            page.Append("<script>\n")
                .Append(script.Replace("</script", "<\\/script", StringComparison.OrdinalIgnoreCase))
                .Append("\n</script>\n");
    }

    static void Add(StringBuilder body, NotebookCell cell, string folder)
    {
        switch (cell.Kind)
        {
            case CellKind.Markdown:
                body.Append(
                    $"<section class=\"cell text\">\n{LocalPictures.TakeIn(Html(cell.Source), folder)}</section>\n"
                );
                break;
            case CellKind.Code:
                body.Append($"<section class=\"cell\">\n<pre class=\"code\">{CodeColours.Html(cell.Source)}</pre>\n");
                string outputs = string.Join('\n', cell.Outputs.Select(output => OutputHtml.Render(output, Html)));
                if (outputs.Length > 0)
                    body.Append($"<div class=\"outputs\">\n{outputs}\n</div>\n");
                body.Append("</section>\n");
                break;
            default:
                body.Append($"<section class=\"cell\"><pre>{WebUtility.HtmlEncode(cell.Source)}</pre></section>\n");
                break;
        }
    }

    static string Html(string markdown) => LinksToPages(Markdown.ToHtml(markdown, Pipeline));

    // Links between notebooks are links between pages here.
    static string LinksToPages(string html) => html.Replace(".ipynb\"", ".html\"", StringComparison.Ordinal);
}
