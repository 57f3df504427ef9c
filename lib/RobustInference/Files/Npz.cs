using System.IO.Compression;

namespace RobustInference.Files;

/// <summary>NumPy's <c>.npz</c>: a zip of named arrays.</summary>
public static class Npz
{
    const int Entries = 1000, DeflateLimit = 1032;
    static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The arrays of <paramref name="path"/> whose names are in <paramref name="wanted"/>; others are not read.</summary>
    /// <exception cref="InvalidDataException">Not a zip, truncated, or an array that cannot be read; the message names file and array.</exception>
    public static Dictionary<string, NumpyArray> Read(string path, params string[] wanted)
    {
        using var file = File.OpenRead(path);
        using var zip = Open(path, file);
        if (zip.Entries.Count > Entries) throw new InvalidDataException($"{path}: {zip.Entries.Count:N0} entries in the archive");
        var arrays = new Dictionary<string, NumpyArray>();
        foreach (var entry in zip.Entries)
        {
            string name = entry.FullName.EndsWith(".npy", StringComparison.Ordinal) ? entry.FullName[..^4] : entry.FullName;
            if (!wanted.Contains(name)) continue;
            try
            {
                if (entry.Length > entry.CompressedLength * DeflateLimit + 64)
                    throw new InvalidDataException($"says it unpacks from {entry.CompressedLength:N0} to {entry.Length:N0} bytes");
                using var stream = entry.Open();
                if (!arrays.TryAdd(name, NumpyArray.Read(stream, entry.Length))) throw new InvalidDataException("is there twice");
            }
            catch (InvalidDataException e)
            {
                throw new InvalidDataException($"{path}: array {name} {e.Message}", e);
            }
        }
        return arrays;
    }

    /// <summary>Writes the arrays atomically. The same arrays give the same bytes.</summary>
    public static void Write(string path, IEnumerable<KeyValuePair<string, NumpyArray>> arrays) => AtomicFile.Write(path, stream =>
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var (name, array) in arrays)
        {
            var entry = zip.CreateEntry(name + ".npy", CompressionLevel.SmallestSize);
            entry.LastWriteTime = NoTime;
            using var data = entry.Open();
            array.Write(data);
        }
    });

    static ZipArchive Open(string path, Stream file)
    {
        try
        {
            return new ZipArchive(file, ZipArchiveMode.Read);
        }
        catch (InvalidDataException)
        {
            throw new InvalidDataException($"{path}: is not an .npz archive, or is truncated");
        }
    }
}
