namespace RobustInference.Files;

/// <summary>Lets one process at a time read a file, change it and write it back. The lock is a file beside it, which
/// the system gives back when a process is killed and which goes when it is free.</summary>
public static class FileLock
{
    static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits until the lock of <paramref name="path"/> is free, and takes it until it is disposed.</summary>
    /// <param name="path">The file that is to be changed; it need not be there.</param>
    /// <param name="cancel">Checked while waiting.</param>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public static IDisposable Take(string path, CancellationToken cancel = default)
    {
        string full = Path.GetFullPath(path),
            beside = full + ".lock";
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        for (; ; )
        {
            cancel.ThrowIfCancellationRequested();
            if (TryTake(beside) is { } taken)
                return taken;
            cancel.WaitHandle.WaitOne(BetweenTries);
        }
    }

    /// <summary>Whether .NET says by this error that another process holds a file: EWOULDBLOCK, 11 on Linux and 35 on
    /// macOS, and on Windows a sharing violation, 32.</summary>
    public static bool IsHeld(IOException error) => (error.HResult & 0xFFFF) is 11 or 35 or 32;

    // Whoever had the lock deletes its file while another may have opened it already: that one would then hold a lock
    // that nobody else sees. So the file at that path must be the one that is held: it carries a time drawn here.
    static FileStream? TryTake(string beside)
    {
        try
        {
            var held = new FileStream(
                beside,
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None,
                bufferSize: 1,
                FileOptions.DeleteOnClose
            );
            var drawn = DateTime.UnixEpoch.AddTicks(Random.Shared.NextInt64(TimeSpan.TicksPerDay * 10_000));
            File.SetLastWriteTimeUtc(held.SafeFileHandle, drawn);
            if (File.Exists(beside) && File.GetLastWriteTimeUtc(beside) == drawn)
                return held;
            held.Dispose();
            return null;
        }
        catch (IOException error) when (IsHeld(error))
        {
            return null;
        }
    }
}
