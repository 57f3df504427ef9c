namespace Workbook.Notebooks;

/// <summary>Which notebooks a user means.</summary>
public static class NotebookSelection
{
    /// <summary>The paths of the notebooks meant, in order; all of <paramref name="folder"/> when
    /// <paramref name="names"/> is empty.</summary>
    /// <param name="folder">The chapters' folder.</param>
    /// <param name="names">Files, chapter numbers (<c>05</c>), or how a chapter's file name begins.</param>
    /// <exception cref="FileNotFoundException">A name fits nothing.</exception>
    /// <exception cref="ArgumentException">A name fits several chapters.</exception>
    public static IReadOnlyList<string> Find(string folder, IReadOnlyList<string> names)
    {
        string[] chapters = Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, "*.ipynb").Order(StringComparer.Ordinal)]
            : [];
        if (names.Count == 0)
            return chapters.Length > 0 ? chapters : throw new FileNotFoundException($"no notebooks in {folder}");
        return [.. names.Select(name => Find(chapters, name)).Distinct()];
    }

    static string Find(string[] chapters, string name)
    {
        if (File.Exists(name))
            return Path.GetFullPath(name);
        string stem = Path.GetFileNameWithoutExtension(name);
        string[] found = [.. chapters.Where(path => Path.GetFileNameWithoutExtension(path) == stem)];
        if (found.Length == 0)
            found =
            [
                .. chapters.Where(path => Path.GetFileName(path).StartsWith(stem, StringComparison.OrdinalIgnoreCase)),
            ];
        return found.Length switch
        {
            1 => found[0],
            0 => throw new FileNotFoundException(
                $"no notebook '{name}'; there are: "
                    + $"{string.Join(", ", chapters.Select(Path.GetFileNameWithoutExtension))}"
            ),
            _ => throw new ArgumentException(
                $"'{name}' may mean {string.Join(" or ", found.Select(Path.GetFileNameWithoutExtension))}"
            ),
        };
    }
}
