using System.Globalization;

namespace Workbook.Notebooks.Execution;

/// <summary>How much memory the machine, or the container around this process, has to give.</summary>
static class MemoryAtHand
{
    const string Source = "/proc/meminfo";
    const string Entry = "MemAvailable:";

    /// <summary>In bytes.</summary>
    public static long Bytes()
    {
        long whole = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (!File.Exists(Source))
            return whole;
        foreach (string line in File.ReadLines(Source))
            if (
                line.StartsWith(Entry, StringComparison.Ordinal)
                && long.TryParse(
                    line[Entry.Length..].Replace("kB", "").Trim(),
                    CultureInfo.InvariantCulture,
                    out long kilobytes
                )
            )
                return Math.Min(whole, kilobytes << 10);
        return whole;
    }
}
