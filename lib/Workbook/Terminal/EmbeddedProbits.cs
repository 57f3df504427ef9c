using System.Globalization;

namespace Workbook.Terminal;

/// <summary>The probit files that come with the repository.</summary>
public static class EmbeddedProbits
{
    /// <summary>Where the ensemble of (data set, α, seed) lies.</summary>
    public static string Path(string dataset, double alpha, long seed) => System.IO.Path.Combine(
        Folder, string.Create(CultureInfo.InvariantCulture, $"{dataset}-a{alpha}-s{seed}.npz"));

    static string Folder => System.IO.Path.Combine(Environment.GetEnvironmentVariable("WORKBOOK_ROOT") is { Length: > 0 } root ? root : ".", "data", "probits");
}
