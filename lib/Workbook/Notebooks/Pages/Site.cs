namespace Workbook.Notebooks.Pages;

/// <summary>All pages, in order: what the sidebar shows and what links lead to.</summary>
/// <param name="pages">By name.</param>
/// <param name="sources">Where types are written down.</param>
public sealed class Site(IEnumerable<SitePage> pages, SourceIndex sources)
{
    /// <summary>The file of the first page.</summary>
    public const string IndexFile = "index.html";

    /// <summary>The file of the page about the library's types.</summary>
    public const string LibraryFile = "library.html";

    /// <summary>In the order of their names.</summary>
    public IReadOnlyList<SitePage> Pages { get; } = [.. pages.OrderBy(page => page.Name, StringComparer.Ordinal)];

    /// <summary>Where types are written down.</summary>
    public SourceIndex Sources => sources;

    /// <summary>A site of the run notebooks in a folder.</summary>
    /// <param name="folder">Its notebooks; those that cannot be read are left out.</param>
    /// <param name="more">Notebooks that are about to be run, by name; they come before those in the folder.</param>
    /// <param name="sources">Where types are written down.</param>
    /// <param name="remark">Is told why a notebook was left out.</param>
    public static Site Of(
        string folder,
        IReadOnlyDictionary<string, Notebook> more,
        SourceIndex sources,
        Action<string> remark
    )
    {
        var pages = more.Select(entry => SitePage.Of(entry.Key, entry.Value, sources)).ToList();
        foreach (var (name, notebook) in Run(folder, remark))
            if (!more.ContainsKey(name))
                pages.Add(SitePage.Of(name, notebook, sources));
        return new Site(pages, sources);
    }

    /// <summary>The run notebooks of a folder, by name; one that cannot be read is left out.</summary>
    public static IEnumerable<(string Name, Notebook Notebook)> Run(string folder, Action<string> remark)
    {
        if (!Directory.Exists(folder))
            yield break;
        foreach (string path in Directory.EnumerateFiles(folder, "*.ipynb").Order(StringComparer.Ordinal))
        {
            Notebook? notebook = null;
            try
            {
                notebook = Notebook.Read(path);
            }
            catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                remark($"left out of the pages: {error.Message}");
            }
            if (notebook is not null)
                yield return (Path.GetFileNameWithoutExtension(path), notebook);
        }
    }

    /// <summary>The page of a chapter's number, such as <c>05</c>.</summary>
    public SitePage? Chapter(string number) => Pages.FirstOrDefault(page => page.Number == number);

    /// <summary>The page before or behind another.</summary>
    /// <param name="name">The other.</param>
    /// <param name="step">−1 or 1.</param>
    public SitePage? Beside(string name, int step)
    {
        int place = Pages.ToList().FindIndex(page => page.Name == name) + step;
        return place >= 0 && place < Pages.Count ? Pages[place] : null;
    }
}
