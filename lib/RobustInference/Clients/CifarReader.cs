namespace RobustInference.Clients;

/// <summary>Reads CIFAR-10 and CIFAR-100 in their official binary layout, from a folder or from the official
/// <c>.tar.gz</c> (Krizhevsky, 2009).</summary>
/// <remarks>A record is the label byte (CIFAR-100: coarse, then fine), then 1024 red, 1024 green and 1024 blue bytes.
/// The fine label is used.</remarks>
public static class CifarReader
{
    sealed record Layout(string Folder, string Archive, string[] Train, string[] Test, int LabelBytes, int Classes);

    static readonly Dictionary<string, Layout> Layouts = new()
    {
        ["cifar10"] = new(
            "cifar-10-batches-bin",
            "cifar-10-binary.tar.gz",
            [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin")],
            ["test_batch.bin"],
            1,
            10
        ),
        ["cifar100"] = new("cifar-100-binary", "cifar-100-binary.tar.gz", ["train.bin"], ["test.bin"], 2, 100),
    };

    /// <summary>Names that <see cref="Read"/> takes.</summary>
    public static IReadOnlyCollection<string> Names => Layouts.Keys;

    /// <summary>The training and the test images of <paramref name="name"/>.</summary>
    /// <param name="name"><c>cifar10</c> or <c>cifar100</c>.</param>
    /// <param name="directory">A folder that holds the batches, the official folder, or the official archive.</param>
    /// <exception cref="ArgumentException">An unknown name.</exception>
    /// <exception cref="FileNotFoundException">Nothing of the data set is in the folder.</exception>
    /// <exception cref="InvalidDataException">A file that is not a whole number of records, a label out of range, or an
    /// archive that cannot be read.</exception>
    public static (ImageDataset Train, ImageDataset Test) Read(string name, string directory)
    {
        if (!Layouts.TryGetValue(name, out var layout))
            throw new ArgumentException($"no image data set is called '{name}'; there are {string.Join(", ", Names)}");
        var files = new DatasetFiles(name, layout.Folder, layout.Archive).Read(
            directory,
            [.. layout.Train, .. layout.Test]
        );
        return (Parse(name, layout, layout.Train, files), Parse(name, layout, layout.Test, files));
    }

    static ImageDataset Parse(string name, Layout layout, string[] names, Dictionary<string, byte[]> files)
    {
        int record = layout.LabelBytes + ImageDataset.ImageBytes;
        int count = 0;
        foreach (string file in names)
        {
            int length = files[file].Length;
            if (length == 0 || length % record != 0)
                throw new InvalidDataException(
                    $"{name}, {file}: {length:N0} bytes are not a whole number of records of {record} bytes"
                );
            count += length / record;
        }
        if (count > Array.MaxLength / ImageDataset.ImageBytes)
            throw new InvalidDataException($"{name}: {count:N0} records are more than fit into memory");
        var pixels = new byte[count * ImageDataset.ImageBytes];
        var labels = new byte[count];
        int at = 0;
        foreach (string file in names)
            for (int start = 0; start < files[file].Length; start += record, at++)
            {
                labels[at] = files[file][start + layout.LabelBytes - 1];
                if (labels[at] >= layout.Classes)
                    throw new InvalidDataException(
                        $"{name}, {file}, record {start / record}: label {labels[at]} is not below {layout.Classes}"
                    );
                files[file]
                    .AsSpan(start + layout.LabelBytes, ImageDataset.ImageBytes)
                    .CopyTo(pixels.AsSpan(at * ImageDataset.ImageBytes));
            }
        return new ImageDataset(name, layout.Classes, pixels, labels);
    }
}
