namespace RobustInference.Files;

/// <summary>Files that are there whole or not at all: written beside their place, flushed to disk, then
/// renamed.</summary>
public static class AtomicFile
{
    /// <summary>Writes <paramref name="path"/> through <paramref name="write"/>. If that throws, the old file stays and
    /// no temporary one is left.</summary>
    /// <exception cref="IOException">The file cannot be written; the message names it.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string full = Path.GetFullPath(path),
            temporary = $"{full}.{Environment.ProcessId}-{Guid.NewGuid():N}.tmp";
        bool begun = false;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            using (
                var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16)
            )
            {
                begun = true;
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, full, overwrite: true);
        }
        catch (Exception error)
        {
            Discard(temporary);
            // Others are errors of whatever is written.
            if (error is IOException or UnauthorizedAccessException && (!begun || error.Message.Contains(temporary)))
                throw new IOException(
                    $"'{path}' cannot be written: {(begun ? Named(error.Message) : NotBegun(error))}",
                    error
                )
                {
                    HResult = error.HResult,
                };
            throw;
        }

        string NotBegun(Exception error) =>
            error switch
            {
                DirectoryNotFoundException or FileNotFoundException => "its folder cannot be made",
                UnauthorizedAccessException => "access is denied",
                _ => Named(error.Message),
            };

        string Named(string message) => message.Replace(temporary, full);
    }

    /// <summary>Deletes a file where it can; why it was begun and not finished is what matters.</summary>
    static void Discard(string temporary)
    {
        try
        {
            if (File.Exists(temporary))
                File.Delete(temporary);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException) { }
    }

    /// <summary>Why a file cannot be written; null where it can. For asking before hours of work.</summary>
    public static string? Obstacle(string path)
    {
        if (path.Length == 0)
            return "it has no name";
        if (Directory.Exists(path))
            return "it is a folder; name a file";
        string? folder = Path.GetDirectoryName(Path.GetFullPath(path));
        while (folder is not null && !Directory.Exists(folder))
            if (File.Exists(folder))
                return $"'{folder}' is no folder";
            else
                folder = Path.GetDirectoryName(folder);
        string probe = Path.Combine(folder ?? ".", $".{Environment.ProcessId}-{Guid.NewGuid():N}.tmp");
        try
        {
            using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1))
                File.Delete(probe);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"nothing can be written into '{folder}'";
        }
    }

    /// <summary>Writes <paramref name="text"/> as UTF-8 without a byte-order mark.</summary>
    public static void WriteText(string path, string text) =>
        Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
}
