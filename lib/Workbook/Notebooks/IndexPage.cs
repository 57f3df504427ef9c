using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Workbook.Notebooks;

/// <summary>The page of all chapters that were run: a card each, with title, main picture and run time.</summary>
public static class IndexPage
{
    const string RunKey = "workbook";

    /// <summary>Notes in a notebook how its run went, for its card.</summary>
    public static void Note(Notebook notebook, NotebookRun run, string profile) =>
        notebook.Metadata[RunKey] = new JsonObject
        {
            ["seconds"] = Math.Round(run.Elapsed.TotalSeconds, 1),
            ["profile"] = profile,
            ["failed"] = !run.Succeeded,
        };

    /// <summary>The page for the run notebooks in <paramref name="folder"/>; each has its page of the same name beside
    /// it.</summary>
    public static string Render(string folder)
    {
        var body = new StringBuilder("<h1>Robust federated inference: the workbook</h1>\n<ul class=\"cards\">\n");
        foreach (string path in Directory.EnumerateFiles(folder, "*.ipynb").Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileNameWithoutExtension(path);
            body.Append(Card(Notebook.Read(path), name));
        }
        return HtmlPage.Frame("Robust federated inference", body.Append("</ul>\n").ToString(), plotly: false);
    }

    static string Card(Notebook notebook, string name)
    {
        string view = MainPicture(notebook) is { } picture
            ? $"<img alt=\"\" src=\"{picture}\">"
            : $"<span>{WebUtility.HtmlEncode(name.Split('-')[0])}</span>";
        JsonNode? run = notebook.Metadata[RunKey];
        string note = run is null
            ? ""
            : $"{Duration((double)run["seconds"]!)}, profile {WebUtility.HtmlEncode((string?)run["profile"])}";
        if ((bool?)run?["failed"] == true)
            note += " · <span class=\"failed\">a cell failed</span>";
        return $"<li class=\"card\"><a href=\"{Uri.EscapeDataString(name)}.html\"><div class=\"view\">{view}</div>"
            + "<div "
            + $"class=\"words\"><strong>{WebUtility.HtmlEncode(notebook.Title ?? name)}</strong><small>{note}</small></div></a></li>\n";
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
