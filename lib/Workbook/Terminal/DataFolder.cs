namespace Workbook.Terminal;

/// <summary>Where data sets are looked for.</summary>
public static class DataFolder
{
    /// <summary><c>data/cache</c> of the repository that <c>./workbook</c> lies in, else of the current folder.</summary>
    public static string Default =>
        Path.Combine(Environment.GetEnvironmentVariable("WORKBOOK_ROOT") is { Length: > 0 } root ? root : ".", "data", "cache");
}
