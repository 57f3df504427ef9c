using System.Net;
using System.Text;
using Markdig;

namespace Workbook.Notebooks.Pages;

/// <summary>A notebook as one HTML file that needs nothing beside it: no network, no script but those that it carries
/// and uses.</summary>
public sealed class HtmlPage
{
    static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UseAdvancedExtensions()
        .Use(new FormulaRenderer())
        .Build();

    readonly Site site;
    readonly string folder;
    readonly Prose prose;

    HtmlPage(Site site, string name, string folder) =>
        (this.site, this.folder, prose) = (site, folder, new Prose(site, name));

    /// <summary>The page.</summary>
    /// <param name="notebook">With its outputs.</param>
    /// <param name="name">Its file's name, without ending.</param>
    /// <param name="folder">Where the notebook lies: pictures that its text names by relative paths are taken
    /// in.</param>
    /// <param name="site">The pages around it.</param>
    public static string Render(Notebook notebook, string name, string folder, Site site)
    {
        var page = new HtmlPage(site, name, folder);
        var body = new StringBuilder();
        foreach (NotebookCell cell in notebook.Cells)
            page.Add(body, cell);
        body.Append(Steps(site, name));
        return PageFrame.Render(
            notebook.Title ?? name,
            body.ToString(),
            site,
            name,
            notebook.Cells.SelectMany(cell => cell.Outputs).Any(OutputHtml.NeedsPlotly)
        );
    }

    void Add(StringBuilder body, NotebookCell cell)
    {
        switch (cell.Kind)
        {
            case CellKind.Markdown:
                body.Append($"<section class=\"cell text\">\n{Html(cell.Source)}</section>\n");
                break;
            case CellKind.Code:
                body.Append($"<section class=\"cell\">\n{CellCode.Html(cell.Source, site.Sources)}");
                string outputs = string.Join(
                    '\n',
                    cell.Outputs.Select(output => OutputHtml.Render(output, Html, prose))
                );
                if (outputs.Length > 0)
                    body.Append($"<div class=\"outputs\">\n{outputs}\n</div>\n");
                body.Append("</section>\n");
                break;
            default:
                body.Append($"<section class=\"cell\"><pre>{WebUtility.HtmlEncode(cell.Source)}</pre></section>\n");
                break;
        }
    }

    string Html(string markdown) => LocalPictures.TakeIn(prose.Html(Markdown.ToHtml(markdown, Pipeline)), folder);

    static string Steps(Site site, string name)
    {
        string Step(int step, string label) =>
            site.Beside(name, step) is { } page
                ? $"<a rel=\"{label}\" "
                    + $"href=\"{page.Address}\">"
                    + $"{(step < 0 ? "← " : "")}{WebUtility.HtmlEncode(page.Title)}{(step > 0 ? " →" : "")}</a>"
                : "<span></span>";
        return $"<nav class=\"steps\" aria-label=\"Previous and next\">{Step(-1, "prev")}{Step(1, "next")}</nav>\n";
    }
}
