using System.Net;
using System.Text;
using RobustInference.Reporting;

namespace Workbook.Notebooks.Pages;

/// <summary>What stands around the content of every page: head, sidebar, scripts.</summary>
static class PageFrame
{
    /// <summary>A whole page.</summary>
    /// <param name="title">For the window.</param>
    /// <param name="body">The content of <c>main</c>.</param>
    /// <param name="site">For the sidebar.</param>
    /// <param name="own">The page's own file.</param>
    /// <param name="plotly">Whether it shows figures that Plotly draws.</param>
    public static string Render(string title, string body, Site site, string own, bool plotly)
    {
        var scripts = new List<string>();
        if (plotly)
            scripts.AddRange([PlotlyScript.Read(), PageResource.Read("plotly.js")]);
        if (body.Contains("class=\"math", StringComparison.Ordinal))
            scripts.AddRange([PageResource.Read("katex.min.js"), PageResource.Read("math.js")]);
        for (int i = 0; i < scripts.Count; i++)
            scripts[i] =
                "\n"
                + scripts[i]
                    .Replace("</script", "<\\/script", StringComparison.OrdinalIgnoreCase)
                    .ReplaceLineEndings("\n")
                + "\n";
        var page = new StringBuilder();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Append(ContentPolicy.Element(scripts))
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            // Without an icon of its own, a page makes its browser ask for one.
            .Append("<link rel=\"icon\" href=\"data:,\">\n")
            .Append(
                $"<title>{WebUtility.HtmlEncode(title)}</title>\n<style>\n{PageResource.Read("page.css")}</style>\n"
            )
            .Append("</head>\n<body>\n")
            .Append(Sidebar(site, own))
            .Append($"<main>\n{body}</main>\n");
        foreach (string script in scripts)
            page.Append("<script>").Append(script).Append("</script>\n");
        return page.Append("</body>\n</html>\n").ToString();
    }

    // Twice in the page, and one of them shown: beside the text where there is room, else folded above it.
    static string Sidebar(Site site, string own)
    {
        string list = List(site, own);
        return $"<nav class=\"side\" aria-label=\"Chapters\">\n{list}</nav>\n"
            + $"<details class=\"menu\"><summary>Chapters</summary>\n<nav aria-label=\"Chapters, "
            + $"folded\">{list}</nav></details>\n";
    }

    static string List(Site site, string own)
    {
        var list = new StringBuilder("<ul>\n");
        list.Append(Entry(Site.IndexFile, "Findings and overview", own == Site.IndexFile, []));
        foreach (SitePage page in site.Pages)
            list.Append(Entry(page.Address, page.Title, own == page.Name, page.Headings));
        list.Append(Entry(Site.LibraryFile, "The library's types", own == Site.LibraryFile, []));
        return list.Append("</ul>\n").ToString();
    }

    static string Entry(string address, string title, bool isOwn, IReadOnlyList<string> headings)
    {
        string here = isOwn ? " aria-current=\"page\"" : "",
            inner = isOwn && headings.Count > 0
                ? "<ul>"
                    + string.Concat(
                        headings.Select(
                            (heading, i) =>
                                $"<li><a href=\"#{Prose.IdOf(i)}\">{WebUtility.HtmlEncode(heading)}</a></li>"
                        )
                    )
                    + "</ul>"
                : "";
        return $"<li><a href=\"{address}\"{here}>{WebUtility.HtmlEncode(title)}</a>{inner}</li>\n";
    }
}
