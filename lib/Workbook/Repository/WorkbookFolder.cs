using System.Globalization;

namespace Workbook.Repository;

/// <summary>Where things lie in the repository that <c>./workbook</c> belongs to.</summary>
public static class WorkbookFolder
{
    /// <summary>The repository; the current folder if the program was not started by the script.</summary>
    public static string Root => Environment.GetEnvironmentVariable("WORKBOOK_ROOT") is { Length: > 0 } root ? root : ".";

    /// <summary>Downloaded data sets.</summary>
    public static string DataCache => Path.Combine(Root, "data", "cache");

    /// <summary>Trained aggregators by the hash of their inputs.</summary>
    public static string TrainedAggregators => Path.Combine(Root, "artifacts", "aggregators");

    /// <summary>The embedded probits of (data set, α, seed).</summary>
    public static string Probits(string dataset, double alpha, long seed) => Path.Combine(
        Root, "data", "probits", string.Create(CultureInfo.InvariantCulture, $"{dataset}-a{alpha}-s{seed}.npz"));
}
