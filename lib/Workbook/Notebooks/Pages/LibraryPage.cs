using System.Net;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Workbook.Notebooks.Pages;

/// <summary>The page of the library's types that chapters name: what each is, its source, and back to its
/// chapters.</summary>
static class LibraryPage
{
    /// <summary>The page.</summary>
    /// <param name="site">Its chapters.</param>
    /// <param name="documentation">The compiler's documentation files of the library.</param>
    public static string Render(Site site, IEnumerable<string> documentation)
    {
        Dictionary<string, string> summaries = Summaries(documentation);
        var body = new StringBuilder(
            "<h1>The library's types</h1>\n<p>The types that the chapters use, each with its source and "
                + "its chapters.</p>\n"
                + "<div class=\"ri-scroll\"><table class=\"types\"><thead><tr><th>Type</th><th>What it "
                + "is</th><th>Chapters</th></tr></thead><tbody>\n"
        );
        foreach (string type in site.Pages.SelectMany(page => page.Types).Distinct().Order(StringComparer.Ordinal))
        {
            string chapters = string.Join(
                ", ",
                site.Pages.Where(page => page.Types.Contains(type))
                    .DistinctBy(page => page.Number ?? page.Name) // a run with parameters is the same chapter
                    .Select(page =>
                        $"<a href=\"{page.Address}\" "
                        + $"title=\"{Encode(page.Title)}\">{Encode(page.Number ?? page.Title)}</a>"
                    )
            );
            body.Append(
                $"<tr id=\"{type}\"><td><a class=\"type\" "
                    + $"href=\"{site.Sources.AddressOf(type)}\"><code>{type}</code></a></td>"
                    + $"<td>{Encode(summaries.GetValueOrDefault(type, ""))}</td><td>{chapters}</td></tr>\n"
            );
        }
        body.Append("</tbody></table></div>\n");
        return PageFrame.Render("The library's types", body.ToString(), site, Site.LibraryFile, plotly: false);
    }

    static Dictionary<string, string> Summaries(IEnumerable<string> documentation)
    {
        var summaries = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string path in documentation.Where(File.Exists))
            try
            {
                foreach (XElement member in XDocument.Load(path).Descendants("member"))
                    if (((string?)member.Attribute("name"))?.Split(':') is ["T", var name])
                        summaries[name[(name.LastIndexOf('.') + 1)..].Split('`')[0]] = Words(member.Element("summary"));
            }
            catch (XmlException) { } // a build that was broken off; the page does without
        return summaries;
    }

    static string Words(XElement? summary)
    {
        if (summary is null)
            return "";
        foreach (XElement see in summary.Descendants().Where(element => element.IsEmpty).ToArray())
            see.ReplaceWith(new XText(Named(see)));
        return string.Join(' ', summary.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    static string Named(XElement see)
    {
        string name = (string?)see.Attribute("cref") ?? (string?)see.Attribute("name") ?? "";
        return name[(name.LastIndexOfAny(['.', ':']) + 1)..].Split('(')[0];
    }

    static string Encode(string text) => WebUtility.HtmlEncode(text);
}
