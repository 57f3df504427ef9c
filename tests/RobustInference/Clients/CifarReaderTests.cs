using RobustInference.Clients;

namespace Tests.RobustInference.Clients;

public sealed class CifarReaderTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    string Refusal(string name = "cifar10", string? at = null) =>
        Assert.Throws<InvalidDataException>(() => CifarReader.Read(name, at ?? folder.Path)).Message;

    [Fact]
    public void Labels_and_pixels_are_those_of_the_files_in_their_order()
    {
        TinyCifar.Write(folder.Path, train: 50, test: 7);
        var (train, test) = CifarReader.Read("cifar10", folder.Path);
        Assert.Equal((50, 7, 10), (train.Count, test.Count, train.Classes));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (byte)(i % 10)), train.Labels);
        var files = TinyCifar.Files(50, 7);
        Assert.Equal(files["data_batch_3.bin"].AsSpan(3073 * 4 + 1, 3072), train.Image(24));
        Assert.Equal(files["test_batch.bin"].AsSpan(3073 * 6 + 1, 3072), test.Image(6));
    }

    [Fact]
    public void The_folder_itself_its_parent_and_the_archive_give_the_same()
    {
        TinyCifar.Write(folder.Path);
        string archive = folder.File(TinyCifar.Archive),
            other = Directory.CreateDirectory(folder.File("other")).FullName;
        File.WriteAllBytes(archive, TinyCifar.TarGz(TinyCifar.Files()));
        File.Copy(archive, Path.Combine(other, TinyCifar.Archive));
        var expected = CifarReader.Read("cifar10", folder.Path).Train;
        foreach (string place in new[] { Path.Combine(folder.Path, TinyCifar.Folder), archive, other })
        {
            var (train, _) = CifarReader.Read("cifar10", place);
            Assert.Equal(expected.Labels, train.Labels);
            Assert.Equal(expected.Pixels, train.Pixels);
        }
    }

    [Fact]
    public void Of_the_two_labels_of_cifar100_the_fine_one_counts()
    {
        byte[] Record(byte coarse, byte fine) => [coarse, fine, .. new byte[3072]];
        File.WriteAllBytes(folder.File("train.bin"), [.. Record(3, 99), .. Record(4, 0)]);
        File.WriteAllBytes(folder.File("test.bin"), Record(5, 42));
        var (train, test) = CifarReader.Read("cifar100", folder.Path);
        Assert.Equal([99, 0], train.Labels);
        Assert.Equal([42], test.Labels);
        Assert.Equal(100, test.Classes);
    }

    [Fact]
    public void A_folder_without_the_data_set_says_what_was_looked_for()
    {
        string message = Assert.Throws<FileNotFoundException>(() => CifarReader.Read("cifar10", folder.Path)).Message;
        Assert.All(
            ["cifar10", folder.Path, "data_batch_1.bin", TinyCifar.Archive, "data list"],
            part => Assert.Contains(part, message)
        );
    }

    [Fact]
    public void An_unknown_name_is_refused() =>
        Assert.Contains(
            "'mnist'",
            Assert.Throws<ArgumentException>(() => CifarReader.Read("mnist", folder.Path)).Message
        );

    [Fact]
    public void Half_a_record_is_refused()
    {
        TinyCifar.Write(folder.Path);
        string path = Path.Combine(folder.Path, TinyCifar.Folder, "data_batch_2.bin");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^1]);
        Assert.Contains("data_batch_2.bin: 245,839 bytes are not a whole number", Refusal());
    }

    [Fact]
    public void An_empty_file_is_refused()
    {
        TinyCifar.Write(folder.Path);
        File.WriteAllBytes(Path.Combine(folder.Path, TinyCifar.Folder, "test_batch.bin"), []);
        Assert.Contains("test_batch.bin: 0 bytes", Refusal());
    }

    [Fact]
    public void A_label_out_of_range_is_refused_with_its_record()
    {
        TinyCifar.Write(folder.Path);
        string path = Path.Combine(folder.Path, TinyCifar.Folder, "data_batch_5.bin");
        byte[] bytes = File.ReadAllBytes(path);
        bytes[3073 * 12] = 10;
        File.WriteAllBytes(path, bytes);
        Assert.Contains("data_batch_5.bin, record 12: label 10 is not below 10", Refusal());
    }

    [Fact]
    public void An_archive_that_is_cut_off_garbled_or_incomplete_is_refused_by_name()
    {
        byte[] sound = TinyCifar.TarGz(TinyCifar.Files());
        var incomplete = TinyCifar.Files();
        incomplete.Remove("data_batch_4.bin");
        foreach (
            var (bytes, says) in new[]
            {
                (sound[..(sound.Length / 2)], "truncated"),
                ([], "truncated"),
                ("not gzip at all, but long enough to look"u8.ToArray(), "not a .tar.gz"),
                (TinyCifar.TarGz(incomplete), "holds no data_batch_4.bin"),
            }
        )
        {
            string archive = folder.File(TinyCifar.Archive);
            File.WriteAllBytes(archive, bytes);
            string message = Refusal(at: archive);
            Assert.StartsWith(archive, message);
            Assert.Contains(says, message);
        }
    }
}
