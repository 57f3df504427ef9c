using System.Formats.Tar;
using System.IO.Compression;
using RobustInference.Clients;

namespace Tests.RobustInference.Clients;

/// <summary>Made-up images in the layout of CIFAR: a folder of a few hundred, whose classes differ in brightness so
/// that there is something to learn.</summary>
static class TinyCifar
{
    public const string Folder = "cifar-10-batches-bin",
        Archive = "cifar-10-binary.tar.gz";

    static readonly string[] Batches =
    [
        "data_batch_1.bin",
        "data_batch_2.bin",
        "data_batch_3.bin",
        "data_batch_4.bin",
        "data_batch_5.bin",
    ];

    /// <summary>Records of one file; label of record i is i modulo 10.</summary>
    public static byte[] Records(int count, int seed)
    {
        var random = new Random(seed);
        var bytes = new byte[count * 3073];
        random.NextBytes(bytes);
        for (int i = 0; i < count; i++)
        {
            var record = bytes.AsSpan(i * 3073, 3073);
            record[0] = (byte)(i % 10);
            foreach (ref byte pixel in record[1..])
                pixel = (byte)(pixel / 2 + 12 * (i % 10));
        }
        return bytes;
    }

    public static Dictionary<string, byte[]> Files(int train = 400, int test = 100)
    {
        var files = Batches.Select((name, i) => (name, Records(train / 5, i + 1))).ToDictionary();
        files["test_batch.bin"] = Records(test, 6);
        return files;
    }

    /// <summary>Writes the official folder into <paramref name="directory"/>.</summary>
    public static void Write(string directory, int train = 400, int test = 100)
    {
        string folder = Directory.CreateDirectory(Path.Combine(directory, Folder)).FullName;
        foreach (var (name, bytes) in Files(train, test))
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
    }

    /// <summary>The same files as the official archive.</summary>
    public static byte[] TarGz(Dictionary<string, byte[]> files)
    {
        var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Ustar))
            foreach (var (name, bytes) in files)
                tar.WriteEntry(
                    new UstarTarEntry(TarEntryType.RegularFile, $"{Folder}/{name}")
                    {
                        DataStream = new MemoryStream(bytes),
                    }
                );
        return buffer.ToArray();
    }

    public static (ImageDataset Train, ImageDataset Test) Images(int train = 400, int test = 100)
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path, train, test);
        return CifarReader.Read("cifar10", folder.Path);
    }
}
