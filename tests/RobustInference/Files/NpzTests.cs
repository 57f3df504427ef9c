using System.Buffers.Binary;
using CsCheck;
using RobustInference.Files;

namespace Tests.RobustInference.Files;

public sealed class NpzTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static string Fixture(string name) =>
        Path.Combine(AppContext.BaseDirectory, "RobustInference", "Files", "fixtures", name);

    string Put(byte[] bytes)
    {
        string path = folder.File("a.npz");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    string Refusal(byte[] bytes, string wanted = "x")
    {
        string path = Put(bytes),
            message = Assert.Throws<InvalidDataException>(() => Npz.Read(path, wanted)).Message;
        Assert.StartsWith(path, message);
        return message;
    }

    [Fact]
    public void Archives_that_numpy_wrote_are_read_stored_or_deflated()
    {
        float[] numbers = [.. Enumerable.Range(0, 24).Select(i => (float)i)];
        var stored = Npz.Read(Fixture("stored.npz"), "test_logits", "test_labels");
        Assert.Equal(numbers, stored["test_logits"].ToFloats());
        Assert.Equal([1, 3], stored["test_labels"].ToIntegers());
        var deflated = Npz.Read(Fixture("deflated.npz"), "logits", "labels");
        Assert.Equal(numbers, deflated["logits"].ToFloats());
        Assert.Equal([1, 3], deflated["labels"].ToIntegers());
    }

    [Fact]
    public void The_same_arrays_give_the_same_bytes()
    {
        string one = folder.File("1.npz"),
            two = folder.File("2.npz");
        foreach (string path in new[] { one, two })
        {
            Npz.Write(path, [new("a", NumpyArray.Float16([1, 2], 2)), new("b", NumpyArray.Int64([3], 1))]);
            Thread.Sleep(10);
        }
        Assert.Equal(File.ReadAllBytes(one), File.ReadAllBytes(two));
        Assert.Equal([1, 2], Npz.Read(one, "a")["a"].ToFloats());
    }

    [Fact]
    public void Only_wanted_arrays_are_read() =>
        Assert.Equal(
            ["x"],
            Npz.Read(Put(NumpyBytes.Zip([("objects.npy", [1, 2]), ("x.npy", NumpyBytes.Longs("(1,)", 5))])), "x").Keys
        );

    [Fact]
    public void An_array_that_is_there_twice_is_refused()
    {
        byte[] array = NumpyBytes.Longs("(1,)", 5);
        Assert.Contains("array x is there twice", Refusal(NumpyBytes.Zip([("x.npy", array), ("x.npy", array)])));
    }

    [Fact]
    public void A_folder_and_a_missing_file_are_told_apart()
    {
        Assert.Contains("is a folder", Assert.Throws<InvalidDataException>(() => Npz.Read(folder.Path, "x")).Message);
        Assert.Throws<FileNotFoundException>(() => Npz.Read(folder.File("none.npz"), "x"));
    }

    [Fact]
    public void Too_many_entries_are_refused() =>
        Assert.Contains(
            "1,001 entries",
            Refusal(NumpyBytes.Zip(Enumerable.Range(0, 1001).Select(i => ($"{i}.npy", new byte[1]))))
        );

    [Fact]
    public void A_bomb_is_refused_before_it_unpacks()
    {
        // A zip whose table of contents says that 30 bytes become 2 GB.
        byte[] zip = NumpyBytes.Zip([("x.npy", NumpyBytes.Longs("(1,)", 5))], deflated: true);
        SetUnpackedSize(zip, 0x7FFF_0000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("unpacks", Refusal(zip));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Fact]
    public void A_size_that_does_not_fit_the_header_is_refused()
    {
        byte[] zip = NumpyBytes.Zip([("x.npy", NumpyBytes.Longs("(1,)", 5))], deflated: true);
        SetUnpackedSize(zip, 1000);
        Assert.Contains("array x", Refusal(zip));
    }

    [Fact]
    public void One_flipped_bit_in_the_numbers_is_noticed()
    {
        byte[] zip = NumpyBytes.Zip([("x.npy", NumpyBytes.Longs("(1,)", 0x0123456789ABCDEF))]);
        int at = zip.AsSpan().IndexOf([(byte)0xEF, (byte)0xCD, (byte)0xAB]);
        zip[at] ^= 1;
        Assert.Contains("array x is damaged", Refusal(zip));
    }

    [Fact]
    public void Any_damage_is_told_in_one_line_that_names_the_file()
    {
        byte[] sound = File.ReadAllBytes(Fixture("deflated.npz"));
        string path = folder.File("damaged.npz");
        Gen.Select(Gen.Int[0, sound.Length - 1], Gen.Byte, Gen.Int[1, sound.Length], Gen.Bool)
            .Sample(
                (at, value, length, cut) =>
                {
                    byte[] bytes = [.. sound];
                    bytes[at] = value;
                    File.WriteAllBytes(path, cut ? bytes[..length] : bytes);
                    try
                    {
                        Npz.Read(path, "logits", "labels");
                    }
                    catch (InvalidDataException e)
                    {
                        Assert.StartsWith(path, e.Message);
                        Assert.DoesNotContain('\n', e.Message);
                    }
                },
                iter: 3000,
                threads: 1
            );
    }

    // The field lies 24 bytes into the entry's record in the table of contents (signature PK\1\2).
    static void SetUnpackedSize(byte[] zip, uint size) =>
        BinaryPrimitives.WriteUInt32LittleEndian(zip.AsSpan(zip.AsSpan().LastIndexOf("PK\u0001\u0002"u8) + 24), size);
}
