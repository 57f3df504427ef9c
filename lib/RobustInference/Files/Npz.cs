using System.IO.Compression;
using RobustInference.Serving;

namespace RobustInference.Files;

/// <summary>NumPy's <c>.npz</c>: a zip of named arrays.</summary>
public static class Npz
{
    // Deflate cannot do better than 1032 to 1. Ordinary answers stay under 30, one-hot ones under 400: more than 500 in
    // something large is a bomb.
    const int Entries = 1000,
        DeflateLimit = 1032,
        SuspiciousRatio = 500;
    const long Large = 256L << 20;
    static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The arrays of <paramref name="path"/> whose names are in <paramref name="wanted"/>; others are not
    /// read.</summary>
    /// <exception cref="InvalidDataException">Not a zip, truncated, or an array that cannot be read; the message names
    /// file and array.</exception>
    public static Dictionary<string, NumpyArray> Read(string path, params string[] wanted)
    {
        using var file = InputFile.Open(path, "an .npz file");
        using var zip = Open(path, file);
        var arrays = new Dictionary<string, NumpyArray>();
        foreach (var entry in zip.Entries)
        {
            string name = NameOf(entry);
            if (!wanted.Contains(name))
                continue;
            try
            {
                if (arrays.ContainsKey(name))
                    throw new InvalidDataException("is there twice");
                arrays.Add(name, Read(entry));
            }
            catch (InvalidDataException e)
            {
                throw new InvalidDataException($"{path}: array {name} {e.Message}", e);
            }
        }
        return arrays;
    }

    /// <summary>What every array is, without its numbers: its header, or what is wrong with it.</summary>
    /// <exception cref="InvalidDataException">Not a zip, truncated, or a name that is there twice.</exception>
    public static IReadOnlyList<(string Name, NumpyHeader? Header, string? Fault)> Headers(string path)
    {
        if (Directory.Exists(path))
            throw new InvalidDataException($"{path}: is a folder, wanted an .npz file");
        using var file = File.OpenRead(path);
        using var zip = Open(path, file);
        var headers = new List<(string Name, NumpyHeader? Header, string? Fault)>();
        foreach (var entry in zip.Entries)
        {
            string name = NameOf(entry);
            if (headers.Exists(other => other.Name == name))
                throw new InvalidDataException($"{path}: array {name} is there twice");
            try
            {
                Check(entry);
                using var stream = OpenEntry(entry);
                headers.Add((name, NumpyHeader.Read(stream), null));
            }
            catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
            {
                headers.Add((name, null, e is EndOfStreamException ? "is truncated" : e.Message));
            }
        }
        return headers;
    }

    /// <summary>Opens one array for reading from its first number to its last; its checksum is compared with the last
    /// one.</summary>
    /// <exception cref="InvalidDataException">It is not there, or cannot be read; the message names file and
    /// array.</exception>
    public static ArrayStream OpenArray(string path, string name)
    {
        var file = File.OpenRead(path);
        try
        {
            var entry =
                Open(path, file).Entries.FirstOrDefault(other => NameOf(other) == name)
                ?? throw new InvalidDataException($"{path}: holds no array {name}");
            Check(entry);
            var numbers = new Crc32Stream(OpenEntry(entry), (entry.Length, entry.Crc32));
            return new ArrayStream(NumpyHeader.Read(numbers), numbers, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    static string NameOf(ZipArchiveEntry entry) =>
        entry.FullName.EndsWith(".npy", StringComparison.Ordinal) ? entry.FullName[..^4] : entry.FullName;

    static NumpyArray Read(ZipArchiveEntry entry)
    {
        Check(entry);
        using var stream = new Crc32Stream(OpenEntry(entry));
        var array = NumpyArray.Read(stream, entry.Length);
        if (stream.Crc32 != entry.Crc32)
            throw new InvalidDataException("is damaged: its checksum does not fit");
        return array;
    }

    static void Check(ZipArchiveEntry entry)
    {
        if (entry.IsEncrypted)
            throw new InvalidDataException("is encrypted");
        long ratio = entry.Length / Math.Max(entry.CompressedLength, 1);
        if (ratio > DeflateLimit + 64 || ratio > SuspiciousRatio && entry.Length > Large)
            throw new InvalidDataException(
                $"says it unpacks from {entry.CompressedLength:N0} to {entry.Length:N0} bytes"
            );
    }

    static Stream OpenEntry(ZipArchiveEntry entry)
    {
        try
        {
            return entry.Open();
        }
        catch (InvalidDataException)
        {
            throw new InvalidDataException("is damaged, or compressed in a way that is not read here");
        }
    }

    /// <summary>Writes the arrays atomically. The same arrays give the same bytes.</summary>
    public static void Write(string path, IEnumerable<KeyValuePair<string, NumpyArray>> arrays) =>
        AtomicFile.Write(
            path,
            stream =>
            {
                using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
                foreach (var (name, array) in arrays)
                {
                    var entry = zip.CreateEntry(name + ".npy", CompressionLevel.SmallestSize);
                    entry.LastWriteTime = NoTime;
                    using var data = entry.Open();
                    array.Write(data);
                }
            }
        );

    static ZipArchive Open(string path, Stream file)
    {
        try
        {
            var zip = new ZipArchive(file, ZipArchiveMode.Read);
            // The table of contents is read on first use only, and may be broken too.
            return zip.Entries.Count <= Entries
                ? zip
                : throw new InvalidDataException($"{path}: {zip.Entries.Count:N0} entries in the archive");
        }
        catch (Exception e)
            when (e is InvalidDataException or IOException or ArgumentException
                && !e.Message.StartsWith(path, StringComparison.Ordinal)
            )
        {
            throw new InvalidDataException($"{path}: is not an .npz archive, or is truncated", e);
        }
    }
}
