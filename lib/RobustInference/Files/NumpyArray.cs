using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text;

namespace RobustInference.Files;

/// <summary>One array in NumPy's <c>.npy</c> format (versions 1 to 3): floats of 16, 32 or 64 bit, integers of 8 to 64
/// bit, either byte order, truth values, and text.</summary>
/// <param name="Kind"><c>f</c>, <c>i</c>, <c>u</c>, <c>b</c> for truth values, <c>U</c> and <c>S</c> for text.</param>
/// <param name="ItemBytes">Bytes of one number or text.</param>
/// <param name="BigEndian">Whether <paramref name="Data"/> is in network order.</param>
/// <param name="Shape">Lengths of the axes; empty for a scalar.</param>
/// <param name="Data">The numbers in row-major order.</param>
public sealed record NumpyArray(char Kind, int ItemBytes, bool BigEndian, long[] Shape, byte[] Data)
{
    /// <summary>Number of numbers.</summary>
    public int Count => Data.Length / ItemBytes;

    /// <summary>The type as NumPy writes it, such as <c>float16</c>.</summary>
    public string TypeName => NumpyHeader.NameOf(Kind, ItemBytes);

    /// <summary>Whether it holds text.</summary>
    public bool IsText => Kind is 'U' or 'S';

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

    /// <summary>An array of text, each item as wide as the longest.</summary>
    public static NumpyArray Text(IReadOnlyList<string> values, params long[] shape)
    {
        int[][] letters = [.. values.Select(value => value.EnumerateRunes().Select(rune => rune.Value).ToArray())];
        int width = Math.Max(1, letters.Max(own => (int?)own.Length) ?? 1);
        var data = new byte[4 * width * letters.Length];
        for (int i = 0; i < letters.Length; i++)
        for (int c = 0; c < letters[i].Length; c++)
            BinaryPrimitives.WriteInt32LittleEndian(data.AsSpan(4 * (i * width + c)), letters[i][c]);
        return new NumpyArray('U', 4 * width, false, shape, data);
    }

    /// <summary>The items of an array of text, without the zeros that fill them up.</summary>
    /// <exception cref="InvalidDataException">The array does not hold text, or no Unicode.</exception>
    public string[] ToTexts()
    {
        if (!IsText)
            throw new InvalidDataException($"holds {TypeName}, wanted text");
        var encoding =
            Kind == 'S' ? new UTF8Encoding(false, throwOnInvalidBytes: true)
            : BigEndian ? new UTF32Encoding(true, false, throwOnInvalidCharacters: true)
            : (Encoding)new UTF32Encoding(false, false, throwOnInvalidCharacters: true);
        var texts = new string[Count];
        try
        {
            for (int i = 0; i < texts.Length; i++)
                texts[i] = encoding.GetString(Data, i * ItemBytes, ItemBytes).TrimEnd('\0');
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException("holds text that is no Unicode", e);
        }
        return texts;
    }

    /// <summary>The numbers as float32; float64 is rounded.</summary>
    /// <exception cref="InvalidDataException">The array does not hold floats.</exception>
    public float[] ToFloats()
    {
        if (Kind != 'f')
            throw new InvalidDataException($"holds {TypeName}, wanted float16, float32 or float64");
        var values = new float[Count];
        if ((ItemBytes, BigEndian, BitConverter.IsLittleEndian) is (2, false, true))
        {
            TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(Data), values);
            return values;
        }
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
        if (Kind == 'f' || IsText)
            throw new InvalidDataException($"holds {TypeName}, wanted integers");
        var values = new long[Count];
        for (int i = 0; i < values.Length; i++)
        {
            var item = Data.AsSpan(i * ItemBytes, ItemBytes);
            ulong bits = 0;
            for (int b = 0; b < ItemBytes; b++)
                bits |= (ulong)item[BigEndian ? ItemBytes - 1 - b : b] << (8 * b);
            int unused = 64 - 8 * ItemBytes;
            if (Kind != 'i' && bits > long.MaxValue)
                throw new InvalidDataException($"number {i} is {bits}, too large");
            values[i] = Kind != 'i' ? (long)bits : (long)(bits << unused) >> unused;
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
        int size = Kind == 'U' ? ItemBytes / 4 : ItemBytes;
        if (Kind == 'S')
            order = "|";
        string header = $"{{'descr': '{order}{Kind}{size}', 'fortran_order': False, 'shape': {ShapeText}, }}";
        int padded = (10 + header.Length + 1 + 63) / 64 * 64;
        var bytes = new byte[padded];
        bytes.AsSpan().Fill((byte)' ');
        NumpyHeader.Magic.CopyTo(bytes);
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
            var header = NumpyHeader.Read(stream);
            long expected = header.DataBytes,
                got = length - header.HeaderBytes;
            if (expected > Array.MaxLength)
                throw new InvalidDataException($"has the shape ({string.Join(", ", header.Shape)}), more than 2 GB");
            if (expected != got)
                throw new InvalidDataException($"says it holds {expected:N0} bytes of numbers, there are {got:N0}");
            var data = new byte[expected];
            stream.ReadExactly(data);
            return new NumpyArray(
                header.Kind,
                header.ItemBytes,
                header.BigEndian,
                header.Shape,
                header.IsFortran ? RowMajor(data, header.ItemBytes, header.Shape) : data
            );
        }
        catch (EndOfStreamException)
        {
            throw new InvalidDataException("is truncated");
        }
    }

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
}
