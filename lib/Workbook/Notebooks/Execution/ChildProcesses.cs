using System.Globalization;

namespace Workbook.Notebooks.Execution;

/// <summary>The processes whose parent is a given one, as Linux lists them under <c>/proc</c>.</summary>
public static class ChildProcesses
{
    const NumberStyles Number = NumberStyles.None;

    static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary>Their ids; what ends in the meantime is left out.</summary>
    /// <remarks>Every process is asked for its parent, since a thread's own list of children goes with the
    /// thread.</remarks>
    /// <exception cref="IOException"><paramref name="folder"/> cannot be listed.</exception>
    public static IReadOnlyList<int> Of(int parent, string folder = "/proc") =>
        [
            .. Directory
                .EnumerateDirectories(folder)
                .Select(path => int.TryParse(Path.GetFileName(path), Number, Invariant, out int id) ? id : 0)
                .Where(id => id > 0 && ParentOf(Path.Combine(folder, $"{id}", "stat")) == parent),
        ];

    static int? ParentOf(string path)
    {
        try
        {
            // pid (name) state parent …; a name can hold spaces and brackets.
            string text = File.ReadAllText(path);
            string[] fields = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return fields.Length > 1 && int.TryParse(fields[1], Number, Invariant, out int parent) ? parent : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // ended since, or somebody else's
        }
    }
}
