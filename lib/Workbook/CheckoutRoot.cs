namespace Workbook;

/// <summary>Where the checkout lies; the directory that a user happens to be in does not matter.</summary>
static class CheckoutRoot
{
    /// <summary>The folder that holds <c>RobustInference.slnx</c>: from the environment variable WORKBOOK_ROOT, which <c>./workbook</c> sets, or above this program.</summary>
    /// <exception cref="DirectoryNotFoundException">Neither leads to one.</exception>
    public static string Find()
    {
        if (Environment.GetEnvironmentVariable("WORKBOOK_ROOT") is { Length: > 0 } given) return Path.GetFullPath(given);
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "RobustInference.slnx"))) return folder.FullName;
        throw new DirectoryNotFoundException($"no checkout above {AppContext.BaseDirectory}; set WORKBOOK_ROOT to it");
    }
}
