using System.Formats.Tar;
using System.IO.Compression;

namespace RobustInference.Clients;

/// <summary>Reads CIFAR-10 and CIFAR-100 in their official binary layout, from a folder or from the official <c>.tar.gz</c> (Krizhevsky, 2009).</summary>
/// <remarks>A record is the label byte (CIFAR-100: coarse, then fine), then 1024 red, 1024 green and 1024 blue bytes. The fine label is used.</remarks>
public static class CifarReader
{
    sealed record Layout(string Folder, string Archive, string[] Train, string[] Test, int LabelBytes, int Classes);

    static readonly Dictionary<string, Layout> Layouts = new()
    {
        ["cifar10"] = new("cifar-10-batches-bin", "cifar-10-binary.tar.gz",
            [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin")], ["test_batch.bin"], 1, 10),
        ["cifar100"] = new("cifar-100-binary", "cifar-100-binary.tar.gz", ["train.bin"], ["test.bin"], 2, 100),
    };

    /// <summary>Names that <see cref="Read"/> takes.</summary>
    public static IReadOnlyCollection<string> Names => Layouts.Keys;

    /// <summary>The training and the test images of <paramref name="name"/>.</summary>
    /// <param name="name"><c>cifar10</c> or <c>cifar100</c>.</param>
    /// <param name="directory">A folder that holds the batches, the official folder, or the official archive.</param>
    /// <exception cref="ArgumentException">An unknown name.</exception>
    /// <exception cref="FileNotFoundException">Nothing of the data set is in the folder.</exception>
    /// <exception cref="InvalidDataException">A file that is not a whole number of records, a label out of range, or an archive that cannot be read.</exception>
    public static (ImageDataset Train, ImageDataset Test) Read(string name, string directory)
    {
        if (!Layouts.TryGetValue(name, out var layout))
            throw new ArgumentException($"no image data set is called '{name}'; there are {string.Join(", ", Names)}");
        var files = Locate(name, layout, directory);
        return (Parse(name, layout, layout.Train, files), Parse(name, layout, layout.Test, files));
    }

    static Dictionary<string, byte[]> Locate(string name, Layout layout, string directory)
    {
        string[] wanted = [.. layout.Train, .. layout.Test];
        foreach (string folder in new[] { directory, Path.Combine(directory, layout.Folder) })
            if (wanted.All(file => File.Exists(Path.Combine(folder, file))))
                return wanted.ToDictionary(file => file, file => File.ReadAllBytes(Path.Combine(folder, file)));
        string archive = directory.EndsWith(".tar.gz", StringComparison.Ordinal) ? directory : Path.Combine(directory, layout.Archive);
        if (File.Exists(archive))
            try
            {
                return Extract(archive, wanted);
            }
            catch (Exception e) when (e is EndOfStreamException or InvalidDataException && !e.Message.StartsWith(archive, StringComparison.Ordinal))
            {
                throw new InvalidDataException($"{archive}: is not a .tar.gz archive, or is truncated", e);
            }
        throw new FileNotFoundException(
            $"{name} is not in '{directory}': looked for {wanted[0]}, {layout.Folder}/{wanted[0]} and {layout.Archive}; " +
            $"'workbook data list' says where to get it");
    }

    static Dictionary<string, byte[]> Extract(string archive, string[] wanted)
    {
        const long largest = 200L << 20;
        var found = new Dictionary<string, byte[]>();
        using var gzip = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress);
        using var tar = new TarReader(gzip);
        while (tar.GetNextEntry() is { } entry)
        {
            string file = Path.GetFileName(entry.Name);
            if (entry.DataStream is null || !wanted.Contains(file)) continue;
            if (entry.Length > largest) throw new InvalidDataException($"{archive}: {entry.Name} says it holds {entry.Length:N0} bytes");
            var bytes = new byte[entry.Length];
            entry.DataStream.ReadExactly(bytes);
            found[file] = bytes;
        }
        if (wanted.FirstOrDefault(file => !found.ContainsKey(file)) is { } missing)
            throw new InvalidDataException($"{archive}: holds no {missing}");
        return found;
    }

    static ImageDataset Parse(string name, Layout layout, string[] names, Dictionary<string, byte[]> files)
    {
        int record = layout.LabelBytes + ImageDataset.ImageBytes;
        int count = 0;
        foreach (string file in names)
        {
            int length = files[file].Length;
            if (length == 0 || length % record != 0)
                throw new InvalidDataException($"{name}, {file}: {length:N0} bytes are not a whole number of records of {record} bytes");
            count += length / record;
        }
        if (count > Array.MaxLength / ImageDataset.ImageBytes) throw new InvalidDataException($"{name}: {count:N0} records are more than fit into memory");
        var pixels = new byte[count * ImageDataset.ImageBytes];
        var labels = new byte[count];
        int at = 0;
        foreach (string file in names)
            for (int start = 0; start < files[file].Length; start += record, at++)
            {
                labels[at] = files[file][start + layout.LabelBytes - 1];
                if (labels[at] >= layout.Classes)
                    throw new InvalidDataException($"{name}, {file}, record {start / record}: label {labels[at]} is not below {layout.Classes}");
                files[file].AsSpan(start + layout.LabelBytes, ImageDataset.ImageBytes)
                    .CopyTo(pixels.AsSpan(at * ImageDataset.ImageBytes));
            }
        return new ImageDataset(name, layout.Classes, pixels, labels);
    }
}
