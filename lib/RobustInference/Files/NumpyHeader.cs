using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace RobustInference.Files;

/// <summary>What stands before the numbers of an <c>.npy</c> array, checked.</summary>
/// <param name="Kind"><c>f</c>, <c>i</c>, <c>u</c>, <c>b</c> for truth values, <c>U</c> and <c>S</c> for text.</param>
/// <param name="ItemBytes">Bytes of one number or text.</param>
/// <param name="BigEndian">Whether the numbers are in network order.</param>
/// <param name="IsFortran">Whether the first axis changes fastest.</param>
/// <param name="Shape">Lengths of the axes.</param>
/// <param name="HeaderBytes">Bytes before the first number.</param>
public sealed partial record NumpyHeader(
    char Kind,
    int ItemBytes,
    bool BigEndian,
    bool IsFortran,
    long[] Shape,
    long HeaderBytes
)
{
    const int LongestHeader = 1 << 16,
        LongestText = 1 << 12,
        MostAxes = 32;
    const long MostBytes = 1L << 40;

    internal static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>How many numbers there are.</summary>
    public long Count
    {
        get
        {
            long count = 1;
            foreach (long axis in Shape)
                count *= axis;
            return count;
        }
    }

    /// <summary>Bytes of all numbers.</summary>
    public long DataBytes => Count * ItemBytes;

    /// <summary>A type as NumPy writes it, such as <c>float16</c>.</summary>
    public static string NameOf(char kind, int itemBytes) =>
        kind switch
        {
            'f' => $"float{8 * itemBytes}",
            'i' => $"int{8 * itemBytes}",
            'u' => $"uint{8 * itemBytes}",
            'b' => "bool",
            'U' => $"text (<U{itemBytes / 4})",
            _ => $"text (S{itemBytes})",
        };

    /// <summary>Reads a header; nothing is allocated that its own length does not bound.</summary>
    /// <param name="stream">At the start of the array; afterwards at its first number.</param>
    /// <exception cref="InvalidDataException">Not an <c>.npy</c> array, a type other than those above (objects are
    /// never unpickled), or a shape of more than 1 TB.</exception>
    /// <exception cref="EndOfStreamException">The header is cut off.</exception>
    public static NumpyHeader Read(Stream stream)
    {
        Span<byte> start = stackalloc byte[8];
        stream.ReadExactly(start);
        if (!start[..6].SequenceEqual(Magic))
            throw new InvalidDataException("is not a NumPy array");
        if (start[6] is < 1 or > 3)
            throw new InvalidDataException($"is in version {start[6]} of NumPy's format; read are 1 to 3");
        var size = new byte[start[6] == 1 ? 2 : 4];
        stream.ReadExactly(size);
        long bytes =
            size.Length == 2
                ? BinaryPrimitives.ReadUInt16LittleEndian(size)
                : BinaryPrimitives.ReadUInt32LittleEndian(size);
        if (bytes > LongestHeader)
            throw new InvalidDataException($"has a header of {bytes:N0} bytes");
        var text = new byte[bytes];
        stream.ReadExactly(text);
        return Parse(Encoding.UTF8.GetString(text), start.Length + size.Length + bytes);
    }

    static NumpyHeader Parse(string header, long headerBytes)
    {
        string descriptor = Field(Descriptor(), header);
        char kind = descriptor[1];
        if (kind == 'O')
            throw new InvalidDataException("holds Python objects, which are never unpickled");
        int items = int.TryParse(descriptor.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            ? length
            : 0;
        bool isText = kind is 'U' or 'S' && items is > 0 and <= LongestText;
        if (!(items is 2 or 4 or 8 && kind is 'f' or 'i' or 'u' || descriptor[1..] is "i1" or "u1" or "b1" || isText))
            throw new InvalidDataException(
                $"has the type '{descriptor}'; read are floats of 2, 4, 8 and integers of 1, 2, 4, 8 bytes, and text"
            );
        int itemBytes = kind == 'U' ? 4 * items : items;
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
            if (axis > MostBytes || axis > 0 && count > MostBytes / itemBytes / axis)
                throw new InvalidDataException($"has the shape ({string.Join(", ", shape)}), more than 2 GB");
            count *= axis;
        }
        return new(kind, itemBytes, descriptor[0] == '>', Field(FortranOrder(), header) == "True", shape, headerBytes);
    }

    // The keys may stand in any order, as the format's specification has it.
    static string Field(Regex pattern, string header) =>
        pattern.Match(header) is { Success: true } match
            ? match.Groups[1].Value
            : throw new InvalidDataException("has a header that is not NumPy's, or a type that is not a plain number");

    [GeneratedRegex(@"[{,]\s*'descr'\s*:\s*'([<>|=][a-zA-Z]\d*)'")]
    private static partial Regex Descriptor();

    [GeneratedRegex(@"[{,]\s*'fortran_order'\s*:\s*(True|False)\b")]
    private static partial Regex FortranOrder();

    [GeneratedRegex(@"[{,]\s*'shape'\s*:\s*\(([^()]*)\)")]
    private static partial Regex Axes();
}
