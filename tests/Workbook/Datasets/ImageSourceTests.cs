using Tests.RobustInference.Clients;
using Workbook.Datasets;

namespace Tests.Workbook.Datasets;

public sealed class ImageSourceTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_order_free_checksum_is_the_sum_of_the_records_hashes()
    {
        // Python: sum(int.from_bytes(hashlib.sha256(bytes([i, 7])).digest(), "little") for i in range(256)) % 2**256,
        // in 64 hexadecimal digits.
        File.WriteAllBytes(folder.File("a"), [.. Enumerable.Range(0, 200).SelectMany(i => new[] { (byte)i, (byte)7 })]);
        File.WriteAllBytes(
            folder.File("b"),
            [.. Enumerable.Range(200, 56).SelectMany(i => new[] { (byte)i, (byte)7 })]
        );
        Assert.Equal(
            "67d60a67a35f435f9ce2332ca361c5c9103279633c684bca44bdfb7bca98f7a2",
            ImageSource.OrderFreeChecksum([folder.File("a"), folder.File("b")], 2)
        );
        Assert.Equal(
            "67d60a67a35f435f9ce2332ca361c5c9103279633c684bca44bdfb7bca98f7a2",
            ImageSource.OrderFreeChecksum([folder.File("b"), folder.File("a")], 2)
        );
        Assert.Throws<InvalidDataException>(() => ImageSource.OrderFreeChecksum([folder.File("a")], 3));
    }

    [Fact]
    public void Made_up_images_are_not_taken_for_the_data_set()
    {
        TinyCifar.Write(folder.Path);
        var source = ImageSource.Named("cifar10");
        Assert.Contains(
            "not those of CIFAR-10",
            Assert.Throws<InvalidDataException>(() => source.Verify(source.Find(folder.Path)!)).Message
        );
    }

    [Fact]
    public void An_archive_with_another_checksum_is_not_the_official_one()
    {
        File.WriteAllBytes(folder.File(TinyCifar.Archive), TinyCifar.TarGz(TinyCifar.Files()));
        var source = ImageSource.Named("cifar10");
        Assert.Contains(
            "the official archive has c32a1d4ab5d03f1284b67883e8d87530",
            Assert.Throws<InvalidDataException>(() => source.Verify(source.Find(folder.Path)!)).Message
        );
    }

    [Fact]
    public void Nothing_is_found_where_nothing_is() =>
        Assert.All(ImageSource.All, source => Assert.Null(source.Find(folder.Path)));
}
