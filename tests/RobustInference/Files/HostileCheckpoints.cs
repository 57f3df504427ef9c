using System.Buffers.Binary;
using System.Text;
using static Tests.RobustInference.Files.PickleBytes;

namespace Tests.RobustInference.Files;

/// <summary>Checkpoints that must be refused, each with words that the refusal has to hold.</summary>
static class HostileCheckpoints
{
    /// <summary>What the hostile pickles would do if anything ran them.</summary>
    public static string Mark { get; } =
        Path.Combine(Path.GetTempPath(), $"hostile-checkpoint-{Environment.ProcessId}");

    static readonly byte[] Sound = PickleBytes.File(OneTensor(4, 0, [4], [1]));

    public static TheoryData<string> Names => [.. All.Keys];

    public static IReadOnlyDictionary<string, (byte[] Bytes, string Says)> All { get; } =
        new Dictionary<string, (byte[] Bytes, string Says)>
        {
            // .safetensors; SafetensorsTests has more of them.
            ["empty file"] = ([], "not a .safetensors file"),
            ["header of an exabyte"] = ([255, 255, 255, 255, 255, 255, 255, 63, (byte)'{', (byte)'}'], "header has"),
            ["safetensors truncated in its numbers"] = (
                Safetensors("{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}", 12),
                "tensor a"
            ),
            ["safetensors with overlapping tensors"] = (
                Safetensors(
                    "{\"a\":{\"dtype\":\"F16\",\"shape\":[4],\"data_offsets\":[0,8]},"
                        + "\"b\":{\"dtype\":\"F16\",\"shape\":[4],\"data_offsets\":[4,12]}}",
                    12
                ),
                "tensor b begins"
            ),
            ["safetensors with a type of its own"] = (
                Safetensors("{\"a\":{\"dtype\":\"PICKLE\",\"shape\":[4],\"data_offsets\":[0,4]}}", 4),
                "tensor a has a type"
            ),
            ["safetensors with a line feed in a name"] = (
                Safetensors("{\"a\\nb\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}", 4),
                "control character"
            ),
            // Pickles that want something run.
            ["os.system"] = (
                Pickled(Program(Call(Global("os", "system"), Text($"touch {Mark}")))),
                "asks for os.system, which is not run"
            ),
            ["posix.system as a tensor"] = (
                Pickled(Program(Dictionary(("a", Call(Global("posix", "system"), Text($"touch {Mark}")))))),
                "asks for posix.system"
            ),
            ["eval"] = (
                Pickled(Program(Call(Global("builtins", "eval"), Text($"open('{Mark}', 'w')")))),
                "asks for builtins.eval"
            ),
            ["a method of an allowed module"] = (
                Pickled(Program(Call(Global("torch._utils", "__import__"), Text("os")))),
                "asks for torch._utils.__import__"
            ),
            ["a dotted name that ends like an allowed one"] = (
                Pickled(Program(Call(Global("evil.collections", "OrderedDict")))),
                "asks for evil.collections.OrderedDict"
            ),
            ["a storage that is called"] = (
                Pickled(Program(Call(Global("torch", "FloatStorage"), Number(4)))),
                "calls torch.FloatStorage"
            ),
            ["INST"] = (Pickled(Program("(S'touch'\nios\nsystem\n"u8.ToArray())), "operation STRING"),
            ["INST without arguments"] = (Pickled(Program("(ios\nsystem\n"u8.ToArray())), "operation INST"),
            ["OBJ"] = (
                Pickled(Program([.. "("u8, .. Global("collections", "OrderedDict"), .. "o"u8])),
                "operation OBJ"
            ),
            ["NEWOBJ"] = (
                Pickled(Program([.. Global("collections", "OrderedDict"), .. ")"u8, 0x81])),
                "operation NEWOBJ"
            ),
            ["EXT1"] = (Pickled(Program([0x82, 1])), "operation EXT1"),
            ["STACK_GLOBAL of protocol 4"] = (
                Pickled([0x80, 4, .. Text("os"), .. Text("system"), 0x93, .. Tuple(Text("true")), .. "R."u8]),
                "protocol"
            ),
            ["STACK_GLOBAL in protocol 2"] = (
                Pickled(Program([.. Text("os"), .. Text("system"), 0x93])),
                "operation 0x93"
            ),
            ["BUILD on a tensor"] = (
                Pickled(
                    Program([
                        .. Tensor(Storage("0", 4), 0, [4], [1]),
                        .. Dictionary(("__setstate__", Global("torch", "FloatStorage"))),
                        .. "b"u8,
                    ])
                ),
                "BUILD on something else"
            ),
            ["BUILD that sets methods"] = (
                Pickled(
                    Program([.. OrderedDict, .. Dictionary(("update", Global("torch", "FloatStorage"))), .. "b"u8])
                ),
                "BUILD on something else"
            ),
            ["a reference to somebody else's object"] = (
                Pickled(Program(Storage("0", 4, kind: "module"))),
                "no storage"
            ),
            // Pickles that do not hold together.
            ["pickle truncated"] = (Pickled(OneTensor(4, 0, [4], [1])[..^40]), "truncated"),
            ["pickle that takes from an empty stack"] = (Pickled(Program("R"u8.ToArray())), "truncated"),
            ["pickle that takes below its mark"] = (
                Pickled(Program([.. Text("a"), .. Text("b"), .. "("u8, 0x86])),
                "takes more than there is"
            ),
            ["pickle without end"] = (Pickled([0x80, 2, .. "}"u8]), "truncated"),
            ["bytes after the end"] = (Pickled([.. OneTensor(4, 0, [4], [1]), 1]), "end well"),
            ["a text of four gigabytes"] = (Pickled(Program([(byte)'X', 255, 255, 255, 255])), "truncated"),
            ["a memory that was never stored"] = (Pickled(Program([(byte)'h', 7])), "recalls 7"),
            ["a million marks"] = (Pickled(Program([.. Enumerable.Repeat((byte)'(', 1_000_000)])), "nested too deep"),
            ["tuples in tuples"] = (
                Pickled(Program([.. ")"u8, .. Enumerable.Repeat((byte)0x85, 1_000_000)])),
                "no dictionary"
            ),
            ["a pickle of five megabytes"] = (Pickled(new byte[5 << 20]), "5,242,880 bytes"),
            ["one key twice"] = (
                Pickled(
                    Program(
                        Dictionary(
                            ("a", Tensor(Storage("0", 4), 0, [4], [1])),
                            ("a", Tensor(Storage("0", 4), 0, [2], [1]))
                        )
                    )
                ),
                "key a twice"
            ),
            ["a key with a line feed"] = (
                Pickled(Program(Dictionary(("a\nb", Tensor(Storage("0", 4), 0, [4], [1]))))),
                "control characters"
            ),
            ["a name that is not UTF-8"] = (Pickled(Program([(byte)'X', 1, 0, 0, 0, 0xFF])), "UTF-8"),
            ["a number in the place of a tensor"] = (
                Pickled(Program(Dictionary(("epoch", Number(3))))),
                "holds epoch, which is no tensor"
            ),
            ["a single tensor"] = (Pickled(Program(Tensor(Storage("0", 4), 0, [4], [1]))), "no dictionary"),
            // Tensors that are not where they say.
            ["offset beyond the storage"] = (Pickled(OneTensor(4, 1, [4], [1])), "reaches number 4 of storage 0"),
            ["negative offset"] = (Pickled(OneTensor(4, -1, [4], [1])), "offset -1"),
            ["negative stride"] = (Pickled(OneTensor(4, 3, [4], [-1])), "strides (-1)"),
            ["negative axis"] = (Pickled(OneTensor(4, 0, [-4], [1])), "shape (-4)"),
            ["stride beyond the storage"] = (Pickled(OneTensor(4, 0, [2, 2], [1, 3])), "reaches number 4 of storage 0"),
            ["shape that wraps around"] = (
                Pickled(OneTensor(4, 0, [long.MaxValue, 3], [long.MaxValue, 1])),
                "reaches number"
            ),
            ["shape that wraps around 128 bits"] = (
                Pickled(
                    OneTensor(
                        4,
                        0,
                        [long.MaxValue, long.MaxValue, long.MaxValue, long.MaxValue],
                        [long.MaxValue, long.MaxValue, long.MaxValue, long.MaxValue]
                    )
                ),
                "reaches number"
            ),
            ["fewer strides than axes"] = (Pickled(OneTensor(4, 0, [2, 2], [1])), "2 axes and 1 strides"),
            ["a thousand axes"] = (Pickled(OneTensor(4, 0, new long[1000], new long[1000])), "1000 axes"),
            ["an axis that is a text"] = (
                Pickled(
                    Program(
                        Call(
                            Global("torch._utils", "_rebuild_tensor_v2"),
                            Storage("0", 4),
                            Number(0),
                            Tuple(Text("4")),
                            Tuple(Number(1)),
                            [0x89],
                            OrderedDict
                        )
                    )
                ),
                "shape (4)"
            ),
            ["a storage that says it is larger"] = (
                Pickled(OneTensor(1L << 60, 0, [1L << 60], [1])),
                "which has 16 bytes"
            ),
            ["a storage of half a number"] = (PickleBytes.File(OneTensor(4, 0, [4], [1]), 18), "which has 18 bytes"),
            ["a storage that is missing"] = (
                Pickled(Program(Dictionary(("a", Tensor(Storage("1", 4), 0, [4], [1]))))),
                "storage 1, which is missing"
            ),
            ["a storage outside of the archive"] = (
                Pickled(Program(Dictionary(("a", Tensor(Storage("../../../../etc/passwd", 4), 0, [4], [1]))))),
                "which is missing"
            ),
            // Archives.
            ["zip truncated"] = (Sound[..^30], "truncated"),
            ["zip cut in half"] = (Sound[..(Sound.Length / 2)], "truncated"),
            ["an entry above the archive"] = (
                PickleBytes.File(OneTensor(4, 0, [4], [1]), 16, ("archive/../../evil", [1])),
                "points outside"
            ),
            ["an entry at the root of the disk"] = (
                PickleBytes.File(OneTensor(4, 0, [4], [1]), 16, ("/etc/cron.d/evil", [1])),
                "points outside"
            ),
            ["an entry on another drive"] = (
                PickleBytes.File(OneTensor(4, 0, [4], [1]), 16, ("C:\\evil", [1])),
                "points outside"
            ),
            ["one entry twice"] = (
                PickleBytes.File(OneTensor(4, 0, [4], [1]), 16, ("archive/data/0", new byte[16])),
                "entry archive/data/0 twice"
            ),
            ["two pickles"] = (
                PickleBytes.File(OneTensor(4, 0, [4], [1]), 16, ("other/data.pkl", Program(OrderedDict))),
                "2 data.pkl"
            ),
            ["no pickle"] = (NumpyBytes.Zip([("archive/data/0", new byte[16])]), "0 data.pkl"),
            ["big-endian numbers"] = (
                PickleBytes.File(OneTensor(4, 0, [4], [1]), 16, ("archive/byteorder", "big"u8.ToArray())),
                "little-endian"
            ),
            ["a compressed entry"] = (
                NumpyBytes.Zip(
                    [
                        ("archive/data.pkl", OneTensor(1 << 20, 0, [1 << 20], [1])),
                        ("archive/data/0", new byte[4 << 20]),
                    ],
                    deflated: true
                ),
                "compressed"
            ),
            ["an entry that says it is larger than the file"] = (Enlarged(), "more bytes than the file"),
            ["a flipped bit in the pickle"] = (Flipped(), "damaged"),
            ["torch before 1.6"] = (
                [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, (byte)'.'],
                "before version 1.6"
            ),
        };

    static byte[] Pickled(byte[] program) => PickleBytes.File(program);

    static byte[] Safetensors(string header, int data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header),
            bytes = new byte[8 + json.Length + data];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, json.Length);
        json.CopyTo(bytes, 8);
        return bytes;
    }

    // In an entry's record of the table of contents (signature PK\1\2), the sizes lie 20 and 24 bytes in.
    static byte[] Enlarged()
    {
        byte[] zip = [.. Sound];
        int record = zip.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        BinaryPrimitives.WriteUInt32LittleEndian(zip.AsSpan(record + 20), 0x7FFF_0000);
        BinaryPrimitives.WriteUInt32LittleEndian(zip.AsSpan(record + 24), 0x7FFF_0000);
        return zip;
    }

    static byte[] Flipped()
    {
        byte[] zip = [.. Sound];
        zip[zip.AsSpan().IndexOf("cpu"u8)] ^= 1;
        return zip;
    }
}
