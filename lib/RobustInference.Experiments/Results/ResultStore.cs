using System.Collections.Concurrent;
using RobustInference.Files;

namespace RobustInference.Results;

/// <summary>Recorded results: a file each in a few folders, of which one is written to. Several processes may share
/// it.</summary>
/// <param name="folder">Where new results go; made when the first one comes.</param>
/// <param name="readOnly">Further folders to read from.</param>
/// <param name="remark">Told once about every file that is no result; default: standard error.</param>
public sealed class ResultStore(string folder, IReadOnlyList<string>? readOnly = null, Action<string>? remark = null)
{
    const string Claims = "claims";

    readonly Action<string> remark = remark ?? Console.Error.WriteLine;
    readonly HashSet<string> named = [];
    readonly ConcurrentDictionary<string, (DateTime Written, long Length, CellResult Result)> read = [];

    /// <summary>This machine's results, with those that came with the repository.</summary>
    public static ResultStore OfWorkbook { get; } = new(WorkbookFolder.Results, [WorkbookFolder.RecordedResults]);

    /// <summary>The folder that is written to, then the others.</summary>
    public IReadOnlyList<string> Folders { get; } = [folder, .. readOnly ?? []];

    /// <summary>The recorded result of a configuration; null where there is none.</summary>
    public CellResult? Find(ResultConfiguration configuration)
    {
        string hash = configuration.Hash();
        foreach (string path in Folders.Select(own => ResultFile.PathIn(own, hash)))
            if (File.Exists(path) && Sound(path) is { } result)
                return result;
        return null;
    }

    /// <summary>Every sound result with its file, by name; of two files with one name the first folder's. What is no
    /// result is named and skipped.</summary>
    public IReadOnlyList<(string Path, CellResult Result)> All()
    {
        var found = new SortedDictionary<string, (string, CellResult)>(StringComparer.Ordinal);
        foreach (string own in Folders.Where(Directory.Exists))
        foreach (string path in Directory.EnumerateFiles(own).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(path);
            if (name is "README.md" || found.ContainsKey(name) || IsBeingWritten(path))
                continue;
            if (!name.EndsWith(ResultFile.Extension, StringComparison.Ordinal))
                Skip(path, "is no result");
            else if (Sound(path) is { } result)
                found.Add(name, (path, result));
        }
        return [.. found.Values];
    }

    /// <summary>Records a result.</summary>
    /// <exception cref="IOException">The disk is full, the folder cannot be written to.</exception>
    public void Put(CellResult result) => ResultFile.Write(folder, result);

    /// <summary>Takes a piece of work for this process, for as long as the claim is not disposed; null where another
    /// process has it. The system gives a killed process's claims back.</summary>
    /// <param name="work">A name that is fit for a file.</param>
    public IDisposable? Claim(string work)
    {
        Directory.CreateDirectory(Path.Combine(folder, Claims));
        return Locked(work, FileMode.OpenOrCreate, FileAccess.ReadWrite);
    }

    /// <summary>Whether a process has claimed a piece of work.</summary>
    public bool IsClaimed(string work)
    {
        if (!File.Exists(ClaimPath(work)))
            return false;
        using var claim = Locked(work, FileMode.Open, FileAccess.Read);
        return claim is null;
    }

    /// <summary>Deletes what killed processes left half-written of these results; only for who has claimed
    /// them.</summary>
    public void SweepAway(IEnumerable<ResultConfiguration> claimed)
    {
        if (!Directory.Exists(folder))
            return;
        string[] left = Directory.GetFiles(folder, "*.tmp");
        if (left.Length == 0)
            return;
        var hashes = claimed.Select(configuration => configuration.Hash()).ToHashSet();
        foreach (string path in left)
            if (hashes.Contains(Path.GetFileName(path).Split('.')[0]))
                File.Delete(path);
    }

    string ClaimPath(string work) => Path.Combine(folder, Claims, work + ".lock");

    FileStream? Locked(string work, FileMode mode, FileAccess access)
    {
        try
        {
            return new FileStream(ClaimPath(work), mode, access, FileShare.None);
        }
        catch (IOException e) when (FileLock.IsHeld(e))
        {
            return null;
        }
    }

    // What is older was left by a process that was killed. What is not there any more has its own name by now.
    static bool IsBeingWritten(string path)
    {
        if (!path.EndsWith(".tmp", StringComparison.Ordinal))
            return false;
        var file = new FileInfo(path);
        return !file.Exists || DateTime.UtcNow - file.LastWriteTimeUtc < TimeSpan.FromMinutes(1);
    }

    // A table asks for all results several times, and a notebook for many tables: a file is read again only when it was
    // written anew.
    CellResult? Sound(string path)
    {
        var file = new FileInfo(path);
        var (written, length) = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
        if (read.TryGetValue(path, out var known) && (known.Written, known.Length) == (written, length))
            return known.Result;
        var (result, fault) = ResultFile.Read(path);
        if (result is null)
            Skip(path, fault);
        else
            read[path] = (written, length, result);
        return result;
    }

    void Skip(string path, string fault)
    {
        lock (named)
            if (named.Add(path))
                remark($"workbook: {path} {fault.ReplaceLineEndings(" ")}; it is skipped");
    }
}
