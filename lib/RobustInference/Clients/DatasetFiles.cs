using System.Formats.Tar;
using System.IO.Compression;
using RobustInference.Files;
using RobustInference.Serving;

namespace RobustInference.Clients;

/// <summary>The files of a data set by name, from a folder or from its official <c>.tar.gz</c>.</summary>
/// <param name="Name">Of the data set.</param>
/// <param name="Folder">What the archive unpacks to.</param>
/// <param name="Archive">The official archive.</param>
sealed record DatasetFiles(string Name, string Folder, string Archive)
{
    const long Largest = 200L << 20;

    /// <summary>The bytes of every file that is <paramref name="wanted"/>.</summary>
    /// <param name="directory">A folder that holds the files, the official folder, or the official archive.</param>
    /// <param name="wanted">File names without folders.</param>
    /// <exception cref="FileNotFoundException">Nothing of the data set is there.</exception>
    /// <exception cref="InvalidDataException">A file too large, or an archive that cannot be read.</exception>
    public Dictionary<string, byte[]> Read(string directory, string[] wanted)
    {
        if (Find(directory, wanted) is not { } place)
            throw new FileNotFoundException(
                $"{Name} is not in '{directory}': looked for {wanted[0]}, {Folder}/{wanted[0]} and "
                    + $"{Archive}; 'workbook data list' says where to get it"
            );
        if (Directory.Exists(place))
            return wanted.ToDictionary(file => file, file => ReadOne(Path.Combine(place, file)));
        try
        {
            return Extract(place, wanted);
        }
        catch (Exception e)
            // What the library throws at a header that is none: numbers too large, entries of a kind that it does not
            // know, names with NUL.
            when (e
                    is EndOfStreamException
                        or InvalidDataException
                        or OverflowException
                        or FormatException
                        or NotSupportedException
                        or ArgumentException
                && !e.Message.StartsWith(place, StringComparison.Ordinal)
            )
        {
            throw new InvalidDataException($"{place}: is not a .tar.gz archive, or is truncated", e);
        }
    }

    /// <summary>The folder that holds every file that is <paramref name="wanted"/>, or else the archive; null where
    /// there is neither.</summary>
    public string? Find(string directory, string[] wanted)
    {
        foreach (string folder in new[] { directory, Path.Combine(directory, Folder) })
            if (wanted.All(file => File.Exists(Path.Combine(folder, file))))
                return folder;
        string archive = directory.EndsWith(".tar.gz", StringComparison.Ordinal)
            ? directory
            : Path.Combine(directory, Archive);
        return File.Exists(archive) ? archive : null;
    }

    static byte[] ReadOne(string path) => InputFile.ReadAllBytes(path, Largest, "a file of a data set");

    static Dictionary<string, byte[]> Extract(string archive, string[] wanted)
    {
        var found = new Dictionary<string, byte[]>();
        using var gzip = new GZipStream(InputFile.Open(archive, "a .tar.gz archive"), CompressionMode.Decompress);
        using var tar = new TarReader(new TarHeaderGuard(archive, gzip));
        while (tar.GetNextEntry() is { } entry)
        {
            string file = Path.GetFileName(entry.Name);
            if (entry.DataStream is null || !wanted.Contains(file))
                continue;
            if (entry.Length > Largest)
                throw new InvalidDataException($"{archive}: {entry.Name} says it holds {entry.Length:N0} bytes");
            var bytes = new byte[entry.Length];
            entry.DataStream.ReadExactly(bytes);
            found[file] = bytes;
        }
        if (wanted.FirstOrDefault(file => !found.ContainsKey(file)) is { } missing)
            throw new InvalidDataException($"{archive}: holds no {missing}");
        return found;
    }
}
