using System.Buffers.Binary;
using System.Text;
using CsCheck;
using RobustInference.Files;

namespace Tests.RobustInference.Files;

public sealed class SafetensorsTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Header length, header, and <paramref name="data"/> bytes of zeros.</summary>
    static byte[] Bytes(string header, int data, long? length = null)
    {
        byte[] json = Encoding.UTF8.GetBytes(header),
            bytes = new byte[8 + json.Length + data];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length ?? json.Length);
        json.CopyTo(bytes, 8);
        return bytes;
    }

    static string Tensor(string name, string shape, long from, long to, string type = "F32") =>
        $$"""{{'"'}}{{name}}{{'"'}}:{"dtype":"{{type}}","shape":{{shape}},"data_offsets":[{{from}},{{to}}]}""";

    [Fact]
    public void Written_and_read_nothing_changes() =>
        Gen.Select(Gen.Float.Array[0, 20].Array[0, 5], Gen.String[Gen.Char.AlphaNumeric, 0, 8].Array[0, 3])
            .Sample(
                (arrays, texts) =>
                {
                    string path = folder.File("a.safetensors");
                    var tensors = arrays
                        .Select((values, i) => ($"layer.{i}", new NamedTensor([values.Length], values)))
                        .ToDictionary(pair => pair.Item1, pair => pair.Item2);
                    var metadata = texts
                        .Select((text, i) => (i, text))
                        .ToDictionary(pair => $"key{pair.i}", pair => pair.text);
                    Safetensors.Write(path, tensors, metadata);
                    var (again, notes) = Safetensors.Read(path);
                    Assert.Equal(tensors.Keys.Order(), again.Keys.Order());
                    foreach (var (name, tensor) in tensors)
                    {
                        Assert.Equal(tensor.Shape, again[name].Shape);
                        Assert.Equal(
                            tensor.Values.Select(BitConverter.SingleToInt32Bits),
                            again[name].Values.Select(BitConverter.SingleToInt32Bits)
                        );
                    }
                    Assert.Equal(metadata.OrderBy(pair => pair.Key), notes.OrderBy(pair => pair.Key));
                },
                iter: 40,
                threads: 1
            );

    // From the format's own description: 8 bytes little-endian length, JSON, numbers; made by hand.
    [Fact]
    public void A_file_written_by_hand_is_read()
    {
        string path = folder.File("hand.safetensors");
        byte[] bytes = Bytes(
            "{"
                + Tensor("b", "[2,1]", 4, 12)
                + ","
                + Tensor("a", "[]", 0, 4)
                + ",\"__metadata__\":{\"who\":\"me\"}}   ",
            12
        );
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(^12), 1.5f);
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(^8), -2);
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(^4), 0.25f);
        File.WriteAllBytes(path, bytes);
        var (tensors, metadata) = Safetensors.Read(path);
        Assert.Equal([1.5f], tensors["a"].Values);
        Assert.Empty(tensors["a"].Shape);
        Assert.Equal([-2, 0.25f], tensors["b"].Values);
        Assert.Equal([2, 1], tensors["b"].Shape);
        Assert.Equal("me", metadata["who"]);
    }

    [Fact]
    public void The_header_is_aligned_and_equal_contents_give_equal_bytes()
    {
        var one = new Dictionary<string, NamedTensor> { ["b"] = new([1], [1]), ["a"] = new([1], [2]) };
        var two = new Dictionary<string, NamedTensor> { ["a"] = new([1], [2]), ["b"] = new([1], [1]) };
        Safetensors.Write(folder.File("1"), one, new Dictionary<string, string> { ["x"] = "1", ["y"] = "2" });
        Safetensors.Write(folder.File("2"), two, new Dictionary<string, string> { ["y"] = "2", ["x"] = "1" });
        byte[] bytes = File.ReadAllBytes(folder.File("1"));
        Assert.Equal(bytes, File.ReadAllBytes(folder.File("2")));
        Assert.Equal(0, BinaryPrimitives.ReadInt64LittleEndian(bytes) % 8);
    }

    public static TheoryData<string> Hostile => [.. Cases.Keys];

    static readonly Dictionary<string, (byte[] Bytes, string Says)> Cases = new()
    {
        ["empty"] = ([], "not a .safetensors file"),
        ["seven bytes"] = (new byte[7], "not a .safetensors file"),
        ["header beyond the file"] = (Bytes("{}", 0, 100), "header has 100 bytes"),
        ["header of an exabyte"] = (Bytes("{}", 0, long.MaxValue), "header has"),
        ["negative header"] = (Bytes("{}", 0, -5), "header has -5 bytes"),
        ["no JSON"] = (Bytes("hello, world", 4), "header is not that of"),
        ["cut JSON"] = (Bytes("{\"a\":{\"dtype\":\"F32\"", 4), "header is not that of"),
        ["a list"] = (Bytes("[1,2]", 4), "header is not that of"),
        ["deep nesting"] = (Bytes(new string('[', 5000) + new string(']', 5000), 4), "header is not that of"),
        ["a number for a tensor"] = (Bytes("{\"a\":3}", 4), "header is not that of"),
        ["no shape"] = (Bytes("{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", 4), "header is not that of"),
        ["shape in halves"] = (Bytes("{" + Tensor("a", "[0.5]", 0, 4) + "}", 4), "header is not that of"),
        ["metadata that is no text"] = (Bytes("{\"__metadata__\":{\"a\":[]}}", 0), "header is not that of"),
        ["other type"] = (Bytes("{" + Tensor("a", "[2]", 0, 4, "F16") + "}", 4), "tensor a has the type F16"),
        ["offsets beyond the data"] = (Bytes("{" + Tensor("a", "[2]", 0, 8) + "}", 4), "tensor a"),
        ["offsets before the data"] = (Bytes("{" + Tensor("a", "[1]", -4, 0) + "}", 4), "tensor a"),
        ["offsets swapped"] = (Bytes("{" + Tensor("a", "[1]", 4, 0) + "}", 4), "tensor a"),
        ["offsets that wrap around"] = (
            Bytes("{" + Tensor("a", "[1]", long.MaxValue, long.MinValue + 3) + "}", 4),
            "tensor a"
        ),
        ["offsets that do not fit the shape"] = (Bytes("{" + Tensor("a", "[1]", 0, 8) + "}", 8), "tensor a"),
        ["absurd shape"] = (
            Bytes("{" + Tensor("a", "[4000000000,4000000000,4000000000]", 0, 4) + "}", 4),
            "tensor a has the shape"
        ),
        ["negative axis"] = (Bytes("{" + Tensor("a", "[-1]", 0, 4) + "}", 4), "tensor a has the shape"),
        ["overlapping tensors"] = (
            Bytes("{" + Tensor("a", "[2]", 0, 8) + "," + Tensor("b", "[2]", 4, 12) + "}", 12),
            "tensor b"
        ),
        ["the same bytes twice"] = (
            Bytes("{" + Tensor("a", "[2]", 0, 8) + "," + Tensor("b", "[2]", 0, 8) + "}", 8),
            "tensor b"
        ),
        ["bytes of nobody between"] = (
            Bytes("{" + Tensor("a", "[1]", 0, 4) + "," + Tensor("b", "[1]", 8, 12) + "}", 12),
            "tensor b"
        ),
        ["bytes of nobody at the end"] = (Bytes("{" + Tensor("a", "[1]", 0, 4) + "}", 12), "8 bytes"),
        ["one name twice"] = (
            Bytes("{" + Tensor("a", "[1]", 0, 4) + "," + Tensor("a", "[1]", 4, 8) + "}", 8),
            "tensor a is there twice"
        ),
    };

    [Theory, MemberData(nameof(Hostile))]
    public void A_hostile_file_gets_one_line_that_names_it(string name)
    {
        string path = folder.File("hostile.safetensors");
        File.WriteAllBytes(path, Cases[name].Bytes);
        string message = Assert.Throws<InvalidDataException>(() => Safetensors.Read(path)).Message;
        Assert.StartsWith(path + ": ", message);
        Assert.Contains(Cases[name].Says, message);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void A_truncated_file_is_refused_wherever_it_ends()
    {
        string path = folder.File("t.safetensors");
        Safetensors.Write(
            path,
            new Dictionary<string, NamedTensor> { ["a"] = new([2, 2], [1, 2, 3, 4]), ["b"] = new([1], [5]) },
            new Dictionary<string, string>()
        );
        byte[] bytes = File.ReadAllBytes(path);
        for (int length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(path, bytes[..length]);
            Assert.Throws<InvalidDataException>(() => Safetensors.Read(path));
        }
    }
}
