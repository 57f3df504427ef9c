using CsCheck;
using RobustInference.Files;
using Tests.RobustInference.Clients;
using static TorchSharp.torch;

namespace Tests.RobustInference.Files;

public sealed class CheckpointTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static string Fixture(string name) =>
        Path.Combine(AppContext.BaseDirectory, "RobustInference", "Files", "fixtures", name);

    string Put(byte[] bytes)
    {
        string path = folder.File("checkpoint");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    static double[] Doubles(Checkpoint checkpoint, string name)
    {
        using var target = zeros(checkpoint.Tensors[name].Shape, dtype: ScalarType.Float64);
        checkpoint.CopyTo(name, target);
        return [.. target.data<double>()];
    }

    public static TheoryData<string> Views =>
        [
            "whole",
            "transposed",
            "row",
            "column",
            "block",
            "every_second",
            "expanded",
            "scalar",
            "empty",
            "parameter",
            "double",
            "half",
            "bfloat16",
            "long",
            "int",
            "short",
            "char",
            "byte",
            "bool",
        ];

    [Theory, MemberData(nameof(Views))]
    public void Tensors_that_torch_saved_are_read_whatever_they_share_and_however_they_lie(string name)
    {
        using var checkpoint = Checkpoint.Open(Fixture("views.pth"));
        Assert.Equal(Views.Count, checkpoint.Tensors.Count);
        var expected = Npz.Read(Fixture("views.npz"), name)[name];
        Assert.Equal(expected.Shape, checkpoint.Tensors[name].Shape);
        Assert.Equal(
            System.Runtime.InteropServices.MemoryMarshal.Cast<byte, double>(expected.Data).ToArray(),
            Doubles(checkpoint, name)
        );
    }

    [Fact]
    public void Every_type_of_a_safetensors_file_is_read()
    {
        using var checkpoint = Checkpoint.Open(Fixture("types.safetensors"));
        Assert.All(checkpoint.Tensors.Values, tensor => Assert.Equal([2, 1], tensor.Shape));
        foreach (
            var (name, first, second) in new[]
            {
                ("F64", 0.1, -3.0),
                ("F32", 0.1f, -3),
                ("F16", 0.5, -3),
                ("BF16", 0.5, -3),
                ("I64", 1L << 40, -3),
                ("I32", 70000, -3),
                ("I16", 300, -3),
                ("I8", 100, -3),
                ("U8", 200, 3),
                ("BOOL", 1, 0),
            }
        )
            Assert.Equal([first, second], Doubles(checkpoint, name));
    }

    [Theory]
    [InlineData("vit"), InlineData("distilbert")]
    public void The_same_weights_come_out_of_either_format(string model)
    {
        using var scope = NewDisposeScope();
        using var one = Checkpoint.Open(TinyTransformer.Fixture(model + ".safetensors"));
        using var two = Checkpoint.Open(TinyTransformer.Fixture(model + ".pth"));
        Assert.Equal(one.Tensors.Keys.Order(), two.Tensors.Keys.Order());
        foreach (string name in one.Tensors.Keys)
        {
            var (a, b) = (zeros(one.Tensors[name].Shape), ones(two.Tensors[name].Shape));
            one.CopyTo(name, a);
            two.CopyTo(name, b);
            Assert.Equal(a.data<float>(), b.data<float>());
        }
    }

    [Fact]
    public void Tensors_written_from_torchs_memory_are_read_again()
    {
        using var scope = NewDisposeScope();
        string path = folder.File("a.safetensors");
        var numbers = arange(24, dtype: ScalarType.Float32).reshape(4, 6);
        Safetensors.Write(
            path,
            new Dictionary<string, Tensor>
            {
                ["whole"] = numbers,
                ["transposed"] = numbers.t(),
                ["one"] = tensor(0.5f),
            },
            new Dictionary<string, string>()
        );
        var (tensors, _) = Safetensors.Read(path);
        Assert.Equal([.. Enumerable.Range(0, 24).Select(i => (float)i)], tensors["whole"].Values);
        Assert.Equal([6, 4], tensors["transposed"].Shape);
        Assert.Equal([0, 6, 12, 18, 1], tensors["transposed"].Values[..5]);
        Assert.Empty(tensors["one"].Shape);
        Assert.Contains(
            "whole",
            Assert
                .Throws<ArgumentException>(() =>
                    Safetensors.Write(
                        path,
                        new Dictionary<string, Tensor> { ["whole"] = numbers.to(ScalarType.Float16) },
                        new Dictionary<string, string>()
                    )
                )
                .Message
        );
    }

    [Theory, MemberData(nameof(HostileCheckpoints.Names), MemberType = typeof(HostileCheckpoints))]
    public void A_hostile_file_is_refused_in_one_line_and_nothing_is_run(string name)
    {
        var (bytes, says) = HostileCheckpoints.All[name];
        string path = Put(bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        string message = Assert.Throws<InvalidDataException>(() => Checkpoint.Open(path)).Message;
        Assert.StartsWith(path + ": ", message);
        Assert.Contains(says, message);
        Assert.DoesNotContain('\n', message);
        Assert.False(File.Exists(HostileCheckpoints.Mark));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256 << 20);
    }

    [Fact]
    public void One_flipped_bit_in_the_weights_is_noticed()
    {
        byte[] bytes = File.ReadAllBytes(TinyTransformer.Fixture("vit.pth"));
        using var sound = Checkpoint.Open(TinyTransformer.Fixture("vit.pth"));
        using var target = zeros(sound.Tensors["class_token"].Shape);
        sound.CopyTo("class_token", target);
        int at = bytes.AsSpan().IndexOf(target.bytes);
        bytes[at + 5] ^= 1;
        string path = Put(bytes);
        using var damaged = Checkpoint.Open(path);
        Assert.Equal(
            $"{path}: tensor class_token is damaged: its checksum does not fit",
            Assert.Throws<InvalidDataException>(() => damaged.CopyTo("class_token", target)).Message
        );
    }

    [Theory]
    [InlineData("vit.pth"), InlineData("vit.safetensors")]
    public void Any_damage_is_told_in_one_line_that_names_the_file(string fixture)
    {
        byte[] sound = File.ReadAllBytes(TinyTransformer.Fixture(fixture));
        Gen.Select(Gen.Int[0, sound.Length - 1], Gen.Byte, Gen.Int[0, sound.Length], Gen.Int[0, 3])
            .Sample(
                (at, value, length, cut) =>
                {
                    byte[] bytes = [.. sound];
                    bytes[at] = value;
                    string path = Put(cut == 0 ? bytes[..length] : bytes);
                    try
                    {
                        using var checkpoint = Checkpoint.Open(path);
                        foreach (var (name, stored) in checkpoint.Tensors)
                        {
                            using var target = zeros(stored.Shape);
                            checkpoint.CopyTo(name, target);
                        }
                    }
                    catch (InvalidDataException e)
                    {
                        Assert.StartsWith(path, e.Message);
                        Assert.DoesNotContain('\n', e.Message);
                    }
                },
                iter: 300,
                threads: 1
            );
    }

    // torch 2 adds entries beside the pickle.
    [Fact]
    public void A_sound_file_made_by_hand_is_read()
    {
        byte[] numbers = [.. new[] { 1f, 2, 3, 4 }.SelectMany(BitConverter.GetBytes)];
        byte[] program = PickleBytes.Program([
            .. PickleBytes.OrderedDict,
            (byte)'(',
            .. PickleBytes.Text("a"),
            .. PickleBytes.Tensor(PickleBytes.Storage("weights", 4), 1, [3], [1]),
            (byte)'u',
            .. PickleBytes.Dictionary(("_metadata", PickleBytes.OrderedDict)),
            (byte)'b',
        ]);
        using var checkpoint = Checkpoint.Open(
            Put(
                NumpyBytes.Zip([
                    ("m/data.pkl", program),
                    ("m/.format_version", "1"u8.ToArray()),
                    ("m/byteorder", "little"u8.ToArray()),
                    ("m/data/weights", numbers),
                    ("m/version", "3\n"u8.ToArray()),
                    ("m/.data/serialization_id", "123"u8.ToArray()),
                ])
            )
        );
        Assert.Equal([2, 3, 4], Doubles(checkpoint, "a"));
    }

    [Fact]
    public void A_folder_and_a_missing_file_are_told_apart()
    {
        Assert.Contains("is a folder", Assert.Throws<InvalidDataException>(() => Checkpoint.Open(folder.Path)).Message);
        Assert.Throws<FileNotFoundException>(() => Checkpoint.Open(folder.File("none.pth")));
    }

    [Fact]
    public void A_target_of_another_shape_is_refused()
    {
        using var checkpoint = Checkpoint.Open(Fixture("views.pth"));
        using var target = zeros(6, 4);
        Assert.Throws<ArgumentException>(() => checkpoint.CopyTo("whole", target));
        Assert.Throws<KeyNotFoundException>(() => checkpoint.CopyTo("nothing", target));
    }
}
