using RobustInference.Files;
using RobustInference.Probits;
using Tests.RobustInference.Files;

namespace Tests.RobustInference.Probits;

public sealed class ProbitArchiveTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory, MemberData(nameof(BrokenProbitFiles.Names), MemberType = typeof(BrokenProbitFiles))]
    public void A_broken_file_gets_one_line_that_names_file_array_and_place(string name)
    {
        var broken = BrokenProbitFiles.Named(name);
        string path = broken.Write(folder.Path), message = Assert.Throws<InvalidDataException>(() => ProbitArchive.Read(path)).Message;
        Assert.StartsWith(path + ": ", message);
        Assert.DoesNotContain('\n', message);
        Assert.All(broken.Says, part => Assert.Contains(part, message));
    }

    [Fact]
    public void The_sound_file_that_the_broken_ones_start_from_is_read()
    {
        using var archive = ProbitArchive.Read(BrokenProbitFiles.WriteSound(folder.Path));
        Assert.Equal((6, 5, 3), (archive.Test.Samples, archive.Test.Clients, archive.Test.Classes));
        Assert.Equal(5, archive.Validation!.Samples);
        Assert.Equal([0, 1, 2, 0, 1, 2], archive.Test.Labels.data<long>().ToArray());
        Assert.Equal([2, 0.125f, 0.25f, 2.375f], archive.Test.Logits.data<float>().ToArray()[..4]);
    }

    [Theory]
    [InlineData("logits", "<f4"), InlineData("test_logits", "<f2"), InlineData("logits", ">f8")]
    public void Logits_alone_are_enough_in_any_float_type_and_byte_order(string name, string type)
    {
        // 1, 2, 4 in that type.
        byte[] data = type switch
        {
            "<f2" => [0, 0x3C, 0, 0x40, 0, 0x44],
            "<f4" => [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40, 0, 0, 0x80, 0x40],
            _ => [0x3F, 0xF0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x10, 0, 0, 0, 0, 0, 0],
        };
        string path = folder.File("a.npz");
        File.WriteAllBytes(path, NumpyBytes.Zip([(name + ".npy", NumpyBytes.Array(type, "(1, 1, 3)", data)),
            (name.Replace("logits", "labels") + ".npy", NumpyBytes.Array("|u1", "(1,)", [2]))]));
        using var archive = ProbitArchive.Read(path);
        Assert.Null(archive.Validation);
        Assert.Equal([1, 2, 4], archive.Test.Logits.data<float>().ToArray());
    }

    [Fact]
    public void Written_and_read_again_nothing_changes_and_the_bytes_are_the_same()
    {
        using var archive = ProbitArchive.Read(BrokenProbitFiles.WriteSound(folder.Path));
        string one = folder.File("1.npz"), two = folder.File("2.npz");
        archive.Write(one);
        using var again = ProbitArchive.Read(one);
        again.Write(two);
        Assert.Equal(File.ReadAllBytes(one), File.ReadAllBytes(two));
        Assert.Equal("float16", Npz.Read(one, "test_logits")["test_logits"].TypeName);
        Assert.Equal(archive.Test.Logits.data<float>().ToArray(), again.Test.Logits.data<float>().ToArray());
        Assert.Equal(archive.Validation!.Labels.data<long>().ToArray(), again.Validation!.Labels.data<long>().ToArray());
    }
}
