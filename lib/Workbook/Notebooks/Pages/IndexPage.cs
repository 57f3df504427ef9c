using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Markdig;
using Workbook.Notebooks.Execution;

namespace Workbook.Notebooks.Pages;

/// <summary>The first page: what was found, in the chapters' own words, what to read for which question, and a card for
/// each chapter.</summary>
public static class IndexPage
{
    const string RunKey = "workbook";
    const string Conclusion = "What to take away";

    // One finding each, from the first point of their conclusions.
    static readonly string[] Findings = ["00", "01", "05", "06", "10"];

    static readonly (string Question, string[] Chapters)[] Questions =
    [
        ("What is the problem, in a few lines of code?", ["00"]),
        ("When can corrupted clients change an answer at all?", ["01"]),
        ("Where do the clients and their answers come from?", ["02"]),
        ("How does DeepSet-TM learn, and what does each of its elements bring?", ["03", "04"]),
        ("Which aggregator withstands which attack?", ["05"]),
        ("What do COPUR and manifold projection withstand?", ["06"]),
        ("What about more clients, other clients, or a more patient attacker?", ["07", "08", "09"]),
        ("What is certain against every attack?", ["10"]),
    ];

    /// <summary>Notes in a notebook how its run went, for its card.</summary>
    public static void Note(Notebook notebook, NotebookRun run, string profile) =>
        notebook.Metadata[RunKey] = new JsonObject
        {
            ["seconds"] = Math.Round(run.Elapsed.TotalSeconds, 1),
            ["profile"] = profile,
            ["failed"] = !run.Succeeded,
        };

    /// <summary>The page.</summary>
    /// <param name="notebooks">The run notebooks, by name; each has its page of the same name beside it.</param>
    /// <param name="site">The pages.</param>
    public static string Render(IReadOnlyList<(string Name, Notebook Notebook)> notebooks, Site site)
    {
        var prose = new Prose(site, Site.IndexFile);
        var body = new StringBuilder("<h1>Robust federated inference: the workbook</h1>\n");
        string[] findings =
        [
            .. Findings
                .Select(number =>
                    notebooks.FirstOrDefault(entry => entry.Name.StartsWith(number + "-", StringComparison.Ordinal))
                )
                .Where(entry => entry.Notebook is not null)
                .Select(entry => FindingOf(entry.Name, entry.Notebook, site, prose))
                .OfType<string>(),
        ];
        if (findings.Length > 0)
            body.Append("<h2>What was found</h2>\n").Append(string.Concat(findings));
        string questions = string.Concat(Questions.Select(entry => Row(entry.Question, entry.Chapters, site)));
        if (questions != "")
            body.Append("<h2>What to read</h2>\n<ul class=\"questions\">\n").Append(questions).Append("</ul>\n");
        body.Append("<h2>All chapters</h2>\n<ul class=\"cards\">\n");
        foreach (var (name, notebook) in notebooks)
            body.Append(Card(notebook, name));
        return PageFrame.Render(
            "Robust federated inference",
            body.Append("</ul>\n").ToString(),
            site,
            Site.IndexFile,
            plotly: false
        );
    }

    static string? FindingOf(string name, Notebook notebook, Site site, Prose prose)
    {
        string? point = notebook
            .Cells.Where(cell =>
                cell.Kind == CellKind.Markdown && cell.Headings.Any(heading => heading.Text == Conclusion)
            )
            .SelectMany(cell => cell.Source[cell.Source.IndexOf(Conclusion, StringComparison.Ordinal)..].Split('\n'))
            .FirstOrDefault(line => line.StartsWith("- ", StringComparison.Ordinal));
        if (point is null || site.Pages.FirstOrDefault(page => page.Name == name) is not { } page)
            return null;
        string picture = MainPicture(notebook) is { } address
            ? $"<a href=\"{page.Address}\"><img alt=\"{WebUtility.HtmlEncode(page.Title)}\" src=\"{address}\"></a>"
            : "";
        return $"<div class=\"finding\">{picture}<div>{prose.Html(Markdown.ToHtml(point[2..]))}"
            + $"<p><a href=\"{page.Address}\">{WebUtility.HtmlEncode(page.Title)}</a></p></div></div>\n";
    }

    static string Row(string question, string[] chapters, Site site)
    {
        SitePage[] pages = [.. chapters.Select(site.Chapter).OfType<SitePage>()];
        return pages.Length == 0
            ? ""
            : $"<li>{WebUtility.HtmlEncode(question)} "
                + string.Join(
                    ", ",
                    pages.Select(page => $"<a href=\"{page.Address}\">{WebUtility.HtmlEncode(page.Title)}</a>")
                )
                + "</li>\n";
    }

    static string Card(Notebook notebook, string name)
    {
        string view = MainPicture(notebook) is { } picture
            ? $"<img alt=\"\" src=\"{picture}\">"
            : $"<span>{WebUtility.HtmlEncode(name.Split('-')[0])}</span>";
        string note = "";
        // What another program has written there is nothing to rely on.
        if (notebook.Metadata[RunKey] is JsonObject run)
        {
            if (run["seconds"]?.GetValueKind() == JsonValueKind.Number)
                note =
                    $"{Duration(run["seconds"]!.GetValue<double>())}, profile "
                    + $"{WebUtility.HtmlEncode(run["profile"]?.ToString() ?? "?")}";
            if (run["failed"]?.GetValueKind() == JsonValueKind.True)
                note += " · <span class=\"failed\">a cell failed</span>";
        }
        return $"<li class=\"card\"><a href=\"{Uri.EscapeDataString(name)}.html\"><div class=\"view\">{view}</div>"
            + $"<div "
            + $"class=\"words\"><strong>{WebUtility.HtmlEncode(notebook.Title ?? name)}</strong>"
            + $"<small>{note}</small></div></a></li>\n";
    }

    /// <summary>The picture of the cell tagged <c>main-picture</c>, otherwise the first; null where there is
    /// none.</summary>
    static string? MainPicture(Notebook notebook) =>
        notebook
            .Cells.OrderBy(cell => cell.Tags.Contains("main-picture") ? 0 : 1)
            .SelectMany(cell => cell.Outputs)
            .Select(OutputHtml.Picture)
            .FirstOrDefault(picture => picture is not null);

    static string Duration(double seconds) =>
        seconds < 60
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#} s")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 60} min {(int)seconds % 60} s");
}
