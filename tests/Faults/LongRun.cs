using RobustInference.Results;

namespace Tests.Faults;

/// <summary><c>./workbook test --long</c>: many more cases, whose figures are kept in a file that the script
/// prints.</summary>
static class LongRun
{
    static readonly Lock Gate = new();

    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("WORKBOOK_LONG_TESTS") == "1";

    /// <summary>Adds a line of figures; in a short run it goes nowhere.</summary>
    public static void Note(string line)
    {
        if (!IsOn)
            return;
        lock (Gate)
            File.AppendAllText(Path.Combine(WorkbookFolder.Root, "artifacts", "faults.txt"), line + "\n");
    }
}
