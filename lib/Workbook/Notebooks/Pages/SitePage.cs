namespace Workbook.Notebooks.Pages;

/// <summary>A notebook as a page of the site.</summary>
/// <param name="Name">Its file's name, without ending.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Headings">Its sections: headings of level 2, in order.</param>
/// <param name="Types">The types of the library that its cells name.</param>
public sealed record SitePage(string Name, string Title, IReadOnlyList<string> Headings, IReadOnlySet<string> Types)
{
    /// <summary>The page's address from another page.</summary>
    public string Address => Uri.EscapeDataString(Name) + ".html";

    /// <summary>The chapter's number as its name begins with it, <c>05</c>; null where it does not.</summary>
    public string? Number =>
        Name.Length > 3 && char.IsAsciiDigit(Name[0]) && char.IsAsciiDigit(Name[1]) && Name[2] == '-'
            ? Name[..2]
            : null;

    // A run with parameters has a page of its own, named for them.
    static string TitleOf(string name, Notebook notebook) =>
        notebook.Title is not { } title ? name
        : name.Split('.', 2) is [_, var parameters] && parameters.Contains('=') ? $"{title}: {parameters}"
        : title;

    /// <summary>The page that a notebook makes.</summary>
    public static SitePage Of(string name, Notebook notebook, SourceIndex sources) =>
        new(
            name,
            TitleOf(name, notebook),
            [
                .. notebook
                    .Cells.Where(cell => cell.Kind == CellKind.Markdown)
                    .SelectMany(cell => cell.Headings)
                    .Where(heading => heading.Level == 2)
                    .Select(heading => heading.Text),
            ],
            notebook
                .Cells.Where(cell => cell.Kind == CellKind.Code)
                .SelectMany(cell => sources.TypesIn(cell.Source))
                .ToHashSet()
        );
}
