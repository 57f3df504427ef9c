using System.IO.Compression;
using System.Text;

namespace Tests.RobustInference.Files;

/// <summary>Arrays and archives written byte by byte after NumPy's specification, sound or broken, without the library
/// under test.</summary>
static class NumpyBytes
{
    /// <summary>An <c>.npy</c> of version 1 whose header says <paramref name="descr"/> and <paramref name="shape"/>
    /// (Python's notation), whatever the data are.</summary>
    public static byte[] Array(string descr, string shape, byte[] data, bool fortran = false) =>
        WithHeader(
            $"{{'descr': '{descr}', 'fortran_order': {(fortran ? "True" : "False")}, 'shape': {shape}, }}",
            data
        );

    /// <summary>An <c>.npy</c> of version 1 with any header.</summary>
    public static byte[] WithHeader(string header, byte[] data, byte version = 1)
    {
        string line = header.PadRight(117) + "\n";
        return
        [
            0x93,
            .. "NUMPY"u8,
            version,
            0,
            (byte)line.Length,
            (byte)(line.Length >> 8),
            .. Encoding.Latin1.GetBytes(line),
            .. data,
        ];
    }

    public static byte[] Floats(string shape, params float[] values) =>
        Array("<f4", shape, [.. values.SelectMany(BitConverter.GetBytes)]);

    public static byte[] Doubles(string shape, params double[] values) =>
        Array("<f8", shape, [.. values.SelectMany(BitConverter.GetBytes)]);

    public static byte[] Longs(string shape, params long[] values) =>
        Array("<i8", shape, [.. values.SelectMany(BitConverter.GetBytes)]);

    /// <summary>A zip of <paramref name="entries"/>, stored as <c>np.savez</c> does, or deflated.</summary>
    public static byte[] Zip(IEnumerable<(string Name, byte[] Bytes)> entries, bool deflated = false)
    {
        var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, bytes) in entries)
                using (
                    var stream = zip.CreateEntry(
                            name,
                            deflated ? CompressionLevel.Optimal : CompressionLevel.NoCompression
                        )
                        .Open()
                )
                    stream.Write(bytes);
        return buffer.ToArray();
    }
}
