using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using RobustInference.Files;

namespace Workbook.Notebooks.Execution;

/// <summary>How long each cell took in the last run, by its text: what a run is expected to take.</summary>
public sealed class CellTimes
{
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    static readonly string[] Profiles = ["quick", "full"];

    readonly Dictionary<string, double> seconds;

    CellTimes(Dictionary<string, double> seconds) => this.seconds = seconds;

    /// <summary>Reads the times of earlier runs; later files come before earlier ones. A file that is missing or
    /// spoilt says nothing.</summary>
    public static CellTimes Read(params ReadOnlySpan<string> paths)
    {
        var seconds = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (string path in paths)
        foreach ((string key, double time) in Stored(path))
            seconds[key] = time;
        return new CellTimes(seconds);
    }

    /// <summary>The expected seconds of a cell, by another profile where this one has never run it; null where none
    /// has.</summary>
    public double? Of(NotebookCell cell, string profile)
    {
        lock (seconds)
            foreach (string known in Profiles.Prepend(profile))
                if (seconds.TryGetValue(Key(cell, known), out double time))
                    return time;
        return null;
    }

    /// <summary>The expected seconds of a notebook; null where no cell of it was ever run.</summary>
    public double? Of(Notebook notebook, string profile)
    {
        double?[] known =
        [
            .. notebook.Cells.Where(cell => cell.Kind == CellKind.Code).Select(cell => Of(cell, profile)),
        ];
        return known.Any(time => time is not null) ? known.Sum(time => time ?? 0) : null;
    }

    /// <summary>Takes note of a cell's time.</summary>
    public void Note(NotebookCell cell, string profile, TimeSpan elapsed)
    {
        lock (seconds)
            seconds[Key(cell, profile)] = Math.Round(elapsed.TotalSeconds, 2);
    }

    /// <summary>Writes all times.</summary>
    public void Write(string path)
    {
        lock (seconds)
            Write(path, seconds);
    }

    /// <summary>Writes the times of some notebooks' cells, a line each.</summary>
    public void Write(string path, IEnumerable<Notebook> notebooks)
    {
        HashSet<string> keys =
        [
            .. notebooks
                .SelectMany(notebook => notebook.Cells)
                .SelectMany(cell => Profiles.Select(profile => Key(cell, profile))),
        ];
        lock (seconds)
            Write(path, seconds.Where(time => keys.Contains(time.Key)));
    }

    static void Write(string path, IEnumerable<KeyValuePair<string, double>> times) =>
        AtomicFile.WriteText(
            path,
            JsonSerializer.Serialize(
                new SortedDictionary<string, double>(times.ToDictionary(), StringComparer.Ordinal),
                Indented
            ) + "\n"
        );

    /// <summary>The time until the last of several works is done, the longest begun first, so many side by
    /// side.</summary>
    public static double SideBySide(IEnumerable<double> works, int places)
    {
        double[] busy = new double[places];
        foreach (double work in works.OrderDescending())
        {
            int first = Array.IndexOf(busy, busy.Min());
            busy[first] += work;
        }
        return busy.Max();
    }

    static Dictionary<string, double> Stored(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, double>>(File.ReadAllBytes(path)) ?? [];
        }
        catch (Exception error) when (error is IOException or JsonException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    static string Key(NotebookCell cell, string profile) =>
        profile + "-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(cell.Code)))[..16];
}
