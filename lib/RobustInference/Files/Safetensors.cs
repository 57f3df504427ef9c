using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace RobustInference.Files;

/// <summary>The <c>.safetensors</c> format: eight bytes of header length, a JSON header, the numbers. Nothing in it can be executed.</summary>
public static class Safetensors
{
    const long LongestHeader = 1 << 20, LargestFile = 1L << 31;

    /// <summary>Writes atomically; tensors in the order of their names, so that equal contents give equal bytes.</summary>
    public static void Write(string path, IReadOnlyDictionary<string, NamedTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var header = new SortedDictionary<string, object>(StringComparer.Ordinal) { ["__metadata__"] = new SortedDictionary<string, string>(metadata.ToDictionary(), StringComparer.Ordinal) };
        var names = tensors.Keys.Order(StringComparer.Ordinal).ToArray();
        long at = 0;
        foreach (string name in names)
        {
            long bytes = 4L * tensors[name].Values.Length;
            header[name] = new { dtype = "F32", shape = tensors[name].Shape, data_offsets = new[] { at, at + bytes } };
            at += bytes;
        }
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header);
        int padded = (json.Length + 7) / 8 * 8;
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, padded);
            stream.Write(length);
            stream.Write(json);
            for (int i = json.Length; i < padded; i++) stream.WriteByte((byte)' ');
            foreach (string name in names) stream.Write(MemoryMarshal.AsBytes<float>(tensors[name].Values));
        });
    }

    /// <summary>Reads every float32 tensor and the metadata.</summary>
    /// <exception cref="InvalidDataException">A header, an offset or a size that does not hold; nothing is allocated before it is checked.</exception>
    public static (Dictionary<string, NamedTensor> Tensors, Dictionary<string, string> Metadata) Read(string path)
    {
        using var file = File.OpenRead(path);
        if (file.Length is < 8 or > LargestFile) throw new InvalidDataException($"{path}: {file.Length:N0} bytes are not a .safetensors file that can be read here");
        Span<byte> lengthBytes = stackalloc byte[8];
        file.ReadExactly(lengthBytes);
        long length = BinaryPrimitives.ReadInt64LittleEndian(lengthBytes), dataBytes = file.Length - 8 - length;
        if (length is < 2 or > LongestHeader || dataBytes < 0) throw new InvalidDataException($"{path}: says its header has {length:N0} bytes");
        var headerBytes = new byte[length];
        file.ReadExactly(headerBytes);
        try
        {
            using var header = JsonDocument.Parse(headerBytes);
            var tensors = new Dictionary<string, NamedTensor>();
            var metadata = new Dictionary<string, string>();
            var entries = header.RootElement.EnumerateObject().Where(entry => entry.Name != "__metadata__").Select(entry => Describe(path, dataBytes, entry)).ToList();
            CheckCover(path, dataBytes, entries);
            if (header.RootElement.TryGetProperty("__metadata__", out var notes))
                foreach (var pair in notes.EnumerateObject()) metadata[pair.Name] = pair.Value.GetString() ?? "";
            foreach (var (name, shape, from, to) in entries)
            {
                var values = new float[(to - from) / 4];
                file.Position = 8 + length + from;
                file.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
                tensors[name] = new NamedTensor(shape, values);
            }
            return (tensors, metadata);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new InvalidDataException($"{path}: the header is not that of a .safetensors file", e);
        }
    }

    static (string Name, long[] Shape, long From, long To) Describe(string path, long dataBytes, JsonProperty entry)
    {
        string type = entry.Value.GetProperty("dtype").GetString() ?? "";
        if (type != "F32") throw new InvalidDataException($"{path}: tensor {entry.Name} has the type {type}, wanted F32");
        long[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(axis => axis.GetInt64())];
        long[] offsets = [.. entry.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64())];
        long count = 1;
        foreach (long axis in shape)
        {
            if (axis < 0 || axis > 0 && count > dataBytes / axis) throw new InvalidDataException($"{path}: tensor {entry.Name} has the shape ({string.Join(", ", shape)}), larger than the file");
            count *= axis;
        }
        if (offsets is not [var from, var to] || from < 0 || to < from || to > dataBytes || to - from != 4 * count)
            throw new InvalidDataException($"{path}: tensor {entry.Name} has offsets that do not fit its shape or the file");
        return (entry.Name, shape, from, to);
    }

    /// <summary>Every byte belongs to exactly one tensor, as the format demands: otherwise a small file could stand for any amount of memory.</summary>
    static void CheckCover(string path, long dataBytes, List<(string Name, long[] Shape, long From, long To)> entries)
    {
        if (entries.CountBy(entry => entry.Name).FirstOrDefault(pair => pair.Value > 1).Key is { } twice) throw new InvalidDataException($"{path}: tensor {twice} is there twice");
        long at = 0;
        foreach (var (name, _, from, to) in entries.OrderBy(entry => entry.From).ThenBy(entry => entry.To))
        {
            if (from != at) throw new InvalidDataException($"{path}: tensor {name} begins at byte {from}, not where the one before it ends, at {at}");
            at = to;
        }
        if (at != dataBytes) throw new InvalidDataException($"{path}: {dataBytes - at} bytes at its end belong to no tensor");
    }
}
