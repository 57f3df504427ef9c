using System.Buffers.Binary;
using System.Text;

namespace Tests.RobustInference.Files;

/// <summary>Pickles and torch files written byte by byte after their documentation, sound or hostile, without the
/// library under test.</summary>
static class PickleBytes
{
    public static byte[] Program(params byte[][] parts) => [0x80, 2, .. parts.SelectMany(part => part), (byte)'.'];

    public static byte[] Global(string module, string name) =>
        [(byte)'c', .. Encoding.UTF8.GetBytes($"{module}\n{name}\n")];

    public static byte[] Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return [(byte)'X', .. BitConverter.GetBytes(bytes.Length), .. bytes];
    }

    /// <summary>LONG1, for any size.</summary>
    public static byte[] Number(long value)
    {
        var bytes = new byte[10];
        (bytes[0], bytes[1]) = (0x8A, 8);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(2), value);
        return bytes;
    }

    public static byte[] Tuple(params byte[][] items) => [(byte)'(', .. items.SelectMany(item => item), (byte)'t'];

    public static byte[] Call(byte[] function, params byte[][] arguments) =>
        [.. function, .. Tuple(arguments), (byte)'R'];

    public static byte[] OrderedDict => [.. Global("collections", "OrderedDict"), (byte)')', (byte)'R'];

    public static byte[] Dictionary(params (string Key, byte[] Value)[] items) =>
        [(byte)'}', (byte)'(', .. items.SelectMany(item => (byte[])[.. Text(item.Key), .. item.Value]), (byte)'u'];

    /// <summary>EMPTY_LIST, MARK, the items, APPENDS.</summary>
    public static byte[] List(params byte[][] items) =>
        [(byte)']', (byte)'(', .. items.SelectMany(item => item), (byte)'e'];

    /// <summary>BINFLOAT.</summary>
    public static byte[] Float(double value)
    {
        var bytes = new byte[9];
        bytes[0] = (byte)'G';
        BinaryPrimitives.WriteDoubleBigEndian(bytes.AsSpan(1), value);
        return bytes;
    }

    /// <summary>A dictionary whose keys are numbers.</summary>
    public static byte[] Numbered(params (long Key, byte[] Value)[] items) =>
        [(byte)'}', (byte)'(', .. items.SelectMany(item => (byte[])[.. Number(item.Key), .. item.Value]), (byte)'u'];

    public static byte[] Storage(string key, long count, string type = "FloatStorage", string kind = "storage") =>
        [.. Tuple(Text(kind), Global("torch", type), Text(key), Text("cpu"), Number(count)), (byte)'Q'];

    public static byte[] Tensor(byte[] storage, long offset, long[] shape, long[] strides) =>
        Call(
            Global("torch._utils", "_rebuild_tensor_v2"),
            storage,
            Number(offset),
            Tuple([.. shape.Select(Number)]),
            Tuple([.. strides.Select(Number)]),
            [0x89],
            OrderedDict
        );

    /// <summary>A dictionary of one float32 tensor called <c>a</c>, in storage 0.</summary>
    public static byte[] OneTensor(long count, long offset, long[] shape, long[] strides) =>
        Program(Dictionary(("a", Tensor(Storage("0", count), offset, shape, strides))));

    /// <summary>A torch file: the pickle, and storage 0 with that many bytes of zeros.</summary>
    public static byte[] File(byte[] program, int storageBytes = 16, params (string Name, byte[] Bytes)[] more) =>
        NumpyBytes.Zip([("archive/data.pkl", program), ("archive/data/0", new byte[storageBytes]), .. more]);
}
