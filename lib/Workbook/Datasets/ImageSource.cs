using System.Security.Cryptography;
using RobustInference.Clients;

namespace Workbook.Datasets;

/// <summary>Where a data set comes from and how its true copies are known.</summary>
/// <param name="Name">As <see cref="CifarReader"/> takes it.</param>
/// <param name="Title">For people.</param>
/// <param name="Page">Where its authors describe it.</param>
/// <param name="Archive">The official archive.</param>
/// <param name="Md5">Its checksum, as the authors publish it.</param>
/// <param name="Folder">What the archive unpacks to.</param>
/// <param name="ShuffledFiles">SHA-256 of the files of the record-shuffled copy: complete and lossless, with the images
/// of the training files and those of the test file each in another order.</param>
/// <param name="Records">Sum over all records, training files first, of <see cref="OrderFreeChecksum"/>: it knows the
/// images and labels in any order.</param>
public sealed record ImageSource(
    string Name,
    string Title,
    string Page,
    Uri Archive,
    string Md5,
    string Folder,
    int RecordBytes,
    IReadOnlyDictionary<string, string> ShuffledFiles,
    (string Train, string Test) Records
) : IDataSource
{
    const string Toronto = "https://www.cs.toronto.edu/~kriz/";

    public static readonly IReadOnlyList<ImageSource> All =
    [
        new(
            "cifar10",
            "CIFAR-10: 60,000 images, 10 classes",
            Toronto + "cifar.html",
            new(Toronto + "cifar-10-binary.tar.gz"),
            "c32a1d4ab5d03f1284b67883e8d87530",
            "cifar-10-batches-bin",
            3073,
            new Dictionary<string, string>
            {
                ["data_batch_1.bin"] = "437cc01189c1e65617a197e439e1d7bee468756e651ee1789ad542bab1604d57",
                ["data_batch_2.bin"] = "d8154bd97fede6e61f2c0693ec13e8f580b4b5a83f739bb9a0c5398abe2594e3",
                ["data_batch_3.bin"] = "2cf16348240daaf40f5c439f575f9029a024fa5bdec0d6084c89306839139159",
                ["data_batch_4.bin"] = "c708d44934f3bf1e51ce995478ce25f09bfa6f8a0cfdfdf39ce08bfcd91edb8d",
                ["data_batch_5.bin"] = "40d08aa6c1f50c2fb88cc20c15e31b8c2b8241649a698bfc3c7e4f4a73081b57",
                ["test_batch.bin"] = "8e268e846ad2bc2d1d77ca85871414f395320388483d6e349970f8b9deb16bd4",
            },
            (
                "513c56bc49a701f550c112d96f382cb13020052945433ce9e5ff232bf34b19e4",
                "526ec15d31a671a0e57303417f007c187b9413a1ccbc1e48cbedc5f1f3a8dd44"
            )
        ),
        new(
            "cifar100",
            "CIFAR-100: 60,000 images, 100 classes",
            Toronto + "cifar.html",
            new(Toronto + "cifar-100-binary.tar.gz"),
            "03b5dce01913d631647c71ecec9e9cb8",
            "cifar-100-binary",
            3074,
            new Dictionary<string, string>
            {
                ["train.bin"] = "7c90000cb399afa9110e0b89294a69958e08e6bc3e27f4f1401e4aa11cf186fe",
                ["test.bin"] = "f3b65af87ddbb91e9b1dc55a22ae13d1b3bcc83e1a132532be6504c6cc48a304",
            },
            (
                "54647c4ee76dcdfa5433c630f9e2ae45628aff1a7628d7e7383815eaa2ce7f63",
                "a9ba2f1487213ad234929d9ed0a3636c3940278f37acb21878f28faa257cbec7"
            )
        ),
    ];

    public IReadOnlyList<RemoteFile> Files => [new(Archive, Md5, ArchiveName)];

    public string ArchiveName => Path.GetFileName(Archive.AbsolutePath);

    /// <summary>The source called <paramref name="name"/>.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static ImageSource Named(string name) =>
        All.FirstOrDefault(source => source.Name == name)
        ?? throw new ArgumentException(
            $"no data set is called '{name}'; there are {string.Join(", ", All.Select(source => source.Name))}"
        );

    /// <summary>The archive or the folder of the unpacked files in <paramref name="directory"/>, as
    /// <see cref="CifarReader"/> would find it; null where there is neither.</summary>
    public string? Find(string directory)
    {
        foreach (string folder in new[] { directory, Path.Combine(directory, Folder) })
            if (ShuffledFiles.Keys.All(file => File.Exists(Path.Combine(folder, file))))
                return folder;
        string archive = Path.Combine(directory, ArchiveName);
        return File.Exists(directory) ? directory
            : File.Exists(archive) ? archive
            : null;
    }

    /// <summary>What lies at <paramref name="place"/> (an answer of <see cref="Find"/>).</summary>
    /// <exception cref="InvalidDataException">Not this data set, or a damaged copy.</exception>
    public string Verify(string place)
    {
        if (File.Exists(place))
        {
            using var archive = File.OpenRead(place);
            string md5 = Convert.ToHexStringLower(MD5.HashData(archive));
            return md5 == Md5
                ? "the official archive"
                : throw new InvalidDataException($"{place}: md5 {md5}, the official archive has {Md5}");
        }
        if (ShuffledFiles.All(pair => Sha256(Path.Combine(place, pair.Key)) == pair.Value))
            return "the record-shuffled copy";
        string[] files = [.. ShuffledFiles.Keys];
        foreach (
            var (part, names, wanted) in new[]
            {
                ("training", files[..^1], Records.Train),
                ("test", files[^1..], Records.Test),
            }
        )
            if (OrderFreeChecksum(names.Select(file => Path.Combine(place, file)), RecordBytes) != wanted)
                throw new InvalidDataException(
                    $"{place}: the {part} images are not those of {Title.Split(':')[0]}, or not all of them"
                );
        return "all images and labels of the official files, in an order of their own";
    }

    /// <summary>The sum modulo 2²⁵⁶ of the SHA-256 of every record, in hexadecimal: the same for any order of the same
    /// records.</summary>
    public static string OrderFreeChecksum(IEnumerable<string> files, int recordBytes)
    {
        var sum = new ulong[4];
        Span<byte> hash = stackalloc byte[32];
        foreach (string file in files)
        {
            byte[] bytes = File.ReadAllBytes(file);
            if (bytes.Length % recordBytes != 0)
                throw new InvalidDataException(
                    $"{file}: {bytes.Length:N0} bytes are not a whole number of records of {recordBytes} bytes"
                );
            for (int at = 0; at < bytes.Length; at += recordBytes)
            {
                SHA256.HashData(bytes.AsSpan(at, recordBytes), hash);
                UInt128 carry = 0;
                for (int i = 0; i < 4; i++)
                {
                    carry += (UInt128)sum[i] + BitConverter.ToUInt64(hash[(8 * i)..]);
                    sum[i] = (ulong)carry;
                    carry >>= 64;
                }
            }
        }
        return string.Concat(sum.Reverse().Select(part => part.ToString("x16")));
    }

    static string Sha256(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
