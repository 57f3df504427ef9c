using System.Globalization;

namespace Tests.Workbook;

/// <summary>Watches the memory that a process and its descendants hold together; on Linux.</summary>
sealed class ProcessTreeMemory : IDisposable
{
    readonly CancellationTokenSource end = new();
    readonly Thread watching;
    long most;

    public ProcessTreeMemory(int root)
    {
        watching = new Thread(() =>
        {
            while (!end.IsCancellationRequested)
            {
                most = Math.Max(most, Held(root));
                Thread.Sleep(50);
            }
        })
        {
            IsBackground = true,
        };
        watching.Start();
    }

    /// <summary>The most that was seen, in bytes.</summary>
    public long Most => Interlocked.Read(ref most);

    public void Dispose()
    {
        end.Cancel();
        watching.Join();
        end.Dispose();
    }

    static long Held(int root)
    {
        var parents = new Dictionary<int, (int Parent, long Bytes)>();
        foreach (string folder in Directory.GetDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int id))
                if (Read(Path.Combine(folder, "status")) is { } entry)
                    parents[id] = entry;
        return parents.Where(entry => Descends(entry.Key)).Sum(entry => entry.Value.Bytes);

        bool Descends(int id)
        {
            for (int steps = 0; steps < 64 && id > 1; steps++)
            {
                if (id == root)
                    return true;
                if (!parents.TryGetValue(id, out var entry))
                    return false;
                id = entry.Parent;
            }
            return false;
        }
    }

    static (int Parent, long Bytes)? Read(string path)
    {
        try
        {
            int parent = 0;
            long bytes = 0;
            foreach (string line in File.ReadLines(path))
            {
                if (line.StartsWith("PPid:", StringComparison.Ordinal))
                    parent = (int)Number(line);
                if (line.StartsWith("VmRSS:", StringComparison.Ordinal))
                    bytes = Number(line) << 10;
            }
            return (parent, bytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    static long Number(string line) =>
        long.Parse(new string([.. line.Where(char.IsAsciiDigit)]), CultureInfo.InvariantCulture);
}
