namespace Workbook.Terminal;

/// <summary>How this program is started once more: <c>dotnet workbook.dll</c> in the repository, the program itself
/// where it was published with its own runtime.</summary>
public static class OwnProgram
{
    const string Host = "dotnet",
        Name = "workbook";

    /// <summary>Program and first arguments.</summary>
    public static IReadOnlyList<string> CommandLine { get; } =
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) switch
        {
            Name => [Environment.ProcessPath!],
            // The host that runs this one, since PATH may lack it.
            Host => [Environment.ProcessPath!, Assembly],
            _ => [Host, Assembly],
        };

    static string Assembly => Path.Combine(AppContext.BaseDirectory, Name + ".dll");

    /// <summary>Whether it was published, and runs without an SDK.</summary>
    public static bool IsPublished => CommandLine.Count == 1;
}
