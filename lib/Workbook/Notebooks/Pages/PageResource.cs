namespace Workbook.Notebooks.Pages;

/// <summary>The styles and scripts that exported pages carry; they lie in <c>Page/</c> and are resources of this
/// program.</summary>
static class PageResource
{
    /// <summary>A file of <c>Page/</c>.</summary>
    public static string Read(string name)
    {
        using var reader = new StreamReader(
            typeof(PageResource).Assembly.GetManifestResourceStream("Page/" + name)
                ?? throw new FileNotFoundException($"no resource {name}")
        );
        return reader.ReadToEnd();
    }
}
