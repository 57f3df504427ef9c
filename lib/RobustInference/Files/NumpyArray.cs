using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace RobustInference.Files;

/// <summary>One array in NumPy's <c>.npy</c> format (versions 1 to 3): floats of 16, 32 or 64 bit, integers of 8 to 64
/// bit, either byte order.</summary>
/// <param name="Kind"><c>f</c>, <c>i</c> or <c>u</c>.</param>
/// <param name="ItemBytes">Bytes of one number.</param>
/// <param name="BigEndian">Whether <paramref name="Data"/> is in network order.</param>
/// <param name="Shape">Lengths of the axes; empty for a scalar.</param>
/// <param name="Data">The numbers in row-major order.</param>
public sealed partial record NumpyArray(char Kind, int ItemBytes, bool BigEndian, long[] Shape, byte[] Data)
{
    const int LongestHeader = 1 << 16,
        MostAxes = 32;
    static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Number of numbers.</summary>
    public int Count => Data.Length / ItemBytes;

    /// <summary>The type as NumPy writes it, such as <c>float16</c>.</summary>
    public string TypeName =>
        (
            Kind switch
            {
                'f' => "float",
                'i' => "int",
                _ => "uint",
            }
        )
        + 8 * ItemBytes;

    /// <summary>The shape as NumPy writes it, such as <c>(10000, 17, 10)</c>.</summary>
    public string ShapeText => $"({string.Join(", ", Shape)}{(Shape.Length == 1 ? "," : "")})";

    /// <summary>A float16 array: half the file, three decimal digits.</summary>
    public static NumpyArray Float16(ReadOnlySpan<float> values, params long[] shape)
    {
        var data = new byte[2 * values.Length];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteHalfLittleEndian(data.AsSpan(2 * i), (Half)values[i]);
        return new NumpyArray('f', 2, false, shape, data);
    }

    /// <summary>A float32 array.</summary>
    public static NumpyArray Float32(ReadOnlySpan<float> values, params long[] shape)
    {
        var data = new byte[4 * values.Length];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(4 * i), values[i]);
        return new NumpyArray('f', 4, false, shape, data);
    }

    /// <summary>An int64 array.</summary>
    public static NumpyArray Int64(ReadOnlySpan<long> values, params long[] shape)
    {
        var data = new byte[8 * values.Length];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteInt64LittleEndian(data.AsSpan(8 * i), values[i]);
        return new NumpyArray('i', 8, false, shape, data);
    }

    /// <summary>The numbers as float32; float64 is rounded.</summary>
    /// <exception cref="InvalidDataException">The array does not hold floats.</exception>
    public float[] ToFloats()
    {
        if (Kind != 'f')
            throw new InvalidDataException($"holds {TypeName}, wanted float16, float32 or float64");
        var values = new float[Count];
        for (int i = 0; i < values.Length; i++)
        {
            var item = Data.AsSpan(i * ItemBytes, ItemBytes);
            values[i] = (ItemBytes, BigEndian) switch
            {
                (2, false) => (float)BinaryPrimitives.ReadHalfLittleEndian(item),
                (2, true) => (float)BinaryPrimitives.ReadHalfBigEndian(item),
                (4, false) => BinaryPrimitives.ReadSingleLittleEndian(item),
                (4, true) => BinaryPrimitives.ReadSingleBigEndian(item),
                (_, false) => (float)BinaryPrimitives.ReadDoubleLittleEndian(item),
                (_, true) => (float)BinaryPrimitives.ReadDoubleBigEndian(item),
            };
        }
        return values;
    }

    /// <summary>The numbers as int64.</summary>
    /// <exception cref="InvalidDataException">The array does not hold integers, or one does not fit.</exception>
    public long[] ToIntegers()
    {
        if (Kind == 'f')
            throw new InvalidDataException($"holds {TypeName}, wanted integers");
        var values = new long[Count];
        for (int i = 0; i < values.Length; i++)
        {
            var item = Data.AsSpan(i * ItemBytes, ItemBytes);
            ulong bits = 0;
            for (int b = 0; b < ItemBytes; b++)
                bits |= (ulong)item[BigEndian ? ItemBytes - 1 - b : b] << (8 * b);
            int unused = 64 - 8 * ItemBytes;
            if (Kind == 'u' && bits > long.MaxValue)
                throw new InvalidDataException($"number {i} is {bits}, too large");
            values[i] = Kind == 'u' ? (long)bits : (long)(bits << unused) >> unused;
        }
        return values;
    }

    /// <summary>Writes header and data, version 1, little-endian or as they are.</summary>
    public void Write(Stream stream)
    {
        string order =
            ItemBytes == 1 ? "|"
            : BigEndian ? ">"
            : "<";
        string header = $"{{'descr': '{order}{Kind}{ItemBytes}', 'fortran_order': False, 'shape': {ShapeText}, }}";
        int padded = (10 + header.Length + 1 + 63) / 64 * 64;
        var bytes = new byte[padded];
        bytes.AsSpan().Fill((byte)' ');
        Magic.CopyTo(bytes);
        (bytes[6], bytes[7]) = (1, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), (ushort)(padded - 10));
        Encoding.ASCII.GetBytes(header, bytes.AsSpan(10));
        bytes[^1] = (byte)'\n';
        stream.Write(bytes);
        stream.Write(Data);
    }

    /// <summary>Reads one array. Nothing is allocated before the header's sizes agree with
    /// <paramref name="length"/>.</summary>
    /// <param name="stream">At the start of the array.</param>
    /// <param name="length">How many bytes the array takes in all.</param>
    /// <exception cref="InvalidDataException">Not an <c>.npy</c> array, a type other than those above (objects are
    /// never unpickled), or sizes that disagree.</exception>
    public static NumpyArray Read(Stream stream, long length)
    {
        try
        {
            Span<byte> start = stackalloc byte[8];
            stream.ReadExactly(start);
            if (!start[..6].SequenceEqual(Magic))
                throw new InvalidDataException("is not a NumPy array");
            if (start[6] is < 1 or > 3)
                throw new InvalidDataException($"is in version {start[6]} of NumPy's format; read are 1 to 3");
            var size = new byte[start[6] == 1 ? 2 : 4];
            stream.ReadExactly(size);
            long headerBytes =
                size.Length == 2
                    ? BinaryPrimitives.ReadUInt16LittleEndian(size)
                    : BinaryPrimitives.ReadUInt32LittleEndian(size);
            if (headerBytes > LongestHeader)
                throw new InvalidDataException($"has a header of {headerBytes:N0} bytes");
            var headerText = new byte[headerBytes];
            stream.ReadExactly(headerText);
            var (kind, itemBytes, bigEndian, fortran, shape, count) = ParseHeader(Encoding.UTF8.GetString(headerText));
            long expected = count * itemBytes,
                got = length - start.Length - size.Length - headerBytes;
            if (expected != got)
                throw new InvalidDataException($"says it holds {expected:N0} bytes of numbers, there are {got:N0}");
            var data = new byte[expected];
            stream.ReadExactly(data);
            return new NumpyArray(kind, itemBytes, bigEndian, shape, fortran ? RowMajor(data, itemBytes, shape) : data);
        }
        catch (EndOfStreamException)
        {
            throw new InvalidDataException("is truncated");
        }
    }

    static (char Kind, int ItemBytes, bool BigEndian, bool Fortran, long[] Shape, long Count) ParseHeader(string header)
    {
        string descriptor = Field(Descriptor(), header);
        char kind = descriptor[1];
        if (kind == 'O')
            throw new InvalidDataException("holds Python objects, which are never unpickled");
        if (!(descriptor[2..] is "2" or "4" or "8" && kind is 'f' or 'i' or 'u' || descriptor[1..] is "i1" or "u1"))
            throw new InvalidDataException(
                $"has the type '{descriptor}'; read are floats of 2, 4, 8 and integers of 1, 2, 4, 8 bytes"
            );
        int itemBytes = descriptor[2] - '0';
        string axes = Field(Axes(), header);
        var shape = axes.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(axis =>
                long.TryParse(axis, NumberStyles.None, CultureInfo.InvariantCulture, out long length)
                    ? length
                    : throw new InvalidDataException(
                        "has the shape ("
                            + string.Join(" ", axes.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries))
                            + ")"
                    )
            )
            .ToArray();
        if (shape.Length > MostAxes)
            throw new InvalidDataException($"has {shape.Length} axes");
        long count = 1;
        foreach (long axis in shape)
        {
            if (axis > Array.MaxLength || axis > 0 && count > Array.MaxLength / itemBytes / axis)
                throw new InvalidDataException($"has the shape ({string.Join(", ", shape)}), more than 2 GB");
            count *= axis;
        }
        return (kind, itemBytes, descriptor[0] == '>', Field(FortranOrder(), header) == "True", shape, count);
    }

    // The keys may stand in any order, as the format's specification has it.
    static string Field(Regex pattern, string header) =>
        pattern.Match(header) is { Success: true } match
            ? match.Groups[1].Value
            : throw new InvalidDataException("has a header that is not NumPy's, or a type that is not a plain number");

    static byte[] RowMajor(byte[] data, int itemBytes, long[] shape)
    {
        var result = new byte[data.Length];
        var index = new long[shape.Length];
        for (int at = 0; at < data.Length / itemBytes; at++)
        {
            long from = 0;
            for (int axis = shape.Length - 1; axis >= 0; axis--)
                from = from * shape[axis] + index[axis];
            data.AsSpan((int)from * itemBytes, itemBytes).CopyTo(result.AsSpan(at * itemBytes));
            for (int axis = shape.Length - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--)
                index[axis] = 0;
        }
        return result;
    }

    [GeneratedRegex(@"[{,]\s*'descr'\s*:\s*'([<>|=][a-zA-Z]\d*)'")]
    private static partial Regex Descriptor();

    [GeneratedRegex(@"[{,]\s*'fortran_order'\s*:\s*(True|False)\b")]
    private static partial Regex FortranOrder();

    [GeneratedRegex(@"[{,]\s*'shape'\s*:\s*\(([^()]*)\)")]
    private static partial Regex Axes();
}
