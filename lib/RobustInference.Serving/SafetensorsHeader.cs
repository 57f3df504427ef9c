using System.Buffers.Binary;
using System.Text.Json;

namespace RobustInference.Serving;

/// <summary>The checked header of a <c>.safetensors</c> file.</summary>
/// <param name="Entries">The tensors, in the header's order.</param>
/// <param name="Metadata">Free text.</param>
/// <param name="DataStart">Where the numbers begin, in bytes from the start of the file.</param>
sealed record SafetensorsHeader(
    IReadOnlyList<SafetensorsEntry> Entries,
    Dictionary<string, string> Metadata,
    long DataStart
)
{
    const long LongestHeader = 1 << 20;

    static readonly Dictionary<string, int> ItemBytes = new()
    {
        ["F64"] = 8,
        ["F32"] = 4,
        ["F16"] = 2,
        ["BF16"] = 2,
        ["I64"] = 8,
        ["I32"] = 4,
        ["I16"] = 2,
        ["I8"] = 1,
        ["U8"] = 1,
        ["BOOL"] = 1,
    };

    /// <summary>Reads the header; nothing is allocated before its length is checked, and no tensor is larger than the
    /// file.</summary>
    /// <exception cref="InvalidDataException">A header, an offset or a size that does not hold.</exception>
    public static SafetensorsHeader Read(string path, Stream file)
    {
        if (file.Length < 8)
            throw new InvalidDataException($"{path}: {file.Length:N0} bytes are not a .safetensors file");
        Span<byte> lengthBytes = stackalloc byte[8];
        file.ReadExactly(lengthBytes);
        long length = BinaryPrimitives.ReadInt64LittleEndian(lengthBytes),
            dataBytes = file.Length - 8 - length;
        if (length is < 2 or > LongestHeader || dataBytes < 0)
            throw new InvalidDataException($"{path}: says its header has {length:N0} bytes");
        var headerBytes = new byte[length];
        file.ReadExactly(headerBytes);
        try
        {
            using var header = JsonDocument.Parse(headerBytes);
            var entries = header
                .RootElement.EnumerateObject()
                .Where(entry => entry.Name != "__metadata__")
                .Select(entry => Describe(path, dataBytes, entry))
                .ToList();
            CheckCover(path, dataBytes, entries);
            var metadata = new Dictionary<string, string>();
            if (header.RootElement.TryGetProperty("__metadata__", out var notes))
                foreach (var pair in notes.EnumerateObject())
                    metadata[pair.Name] = pair.Value.GetString() ?? "";
            return new SafetensorsHeader(entries, metadata, 8 + length);
        }
        catch (Exception e)
            when (e
                    is JsonException
                        or KeyNotFoundException
                        or InvalidOperationException
                        or FormatException
                        or ArgumentException
            )
        {
            throw new InvalidDataException($"{path}: the header is not that of a .safetensors file", e);
        }
    }

    static SafetensorsEntry Describe(string path, long dataBytes, JsonProperty entry)
    {
        // The name goes into messages, which have one line.
        if (entry.Name.Any(char.IsControl))
            throw new InvalidDataException($"{path}: a tensor's name holds a control character");
        string type = entry.Value.GetProperty("dtype").GetString() ?? "";
        if (!ItemBytes.TryGetValue(type, out int itemBytes))
            throw new InvalidDataException(
                $"{path}: tensor {entry.Name} has a type that is not read here; read are "
                    + $"{string.Join(", ", ItemBytes.Keys)}"
            );
        long[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(axis => axis.GetInt64())];
        long[] offsets =
        [
            .. entry.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64()),
        ];
        long count = 1;
        foreach (long axis in shape)
        {
            if (axis < 0 || axis > 0 && count > dataBytes / axis)
                throw new InvalidDataException(
                    $"{path}: tensor {entry.Name} has the shape ({string.Join(", ", shape)}), larger than the file"
                );
            count *= axis;
        }
        if (
            offsets is not [var from, var to]
            || from < 0
            || to < from
            || to > dataBytes
            || to - from != itemBytes * count
        )
            throw new InvalidDataException(
                $"{path}: tensor {entry.Name} has offsets that do not fit its shape or the file"
            );
        return new(entry.Name, type, shape, from, to);
    }

    /// <summary>Every byte belongs to exactly one tensor, as the format demands: otherwise a small file could stand for
    /// any amount of memory.</summary>
    static void CheckCover(string path, long dataBytes, List<SafetensorsEntry> entries)
    {
        if (entries.CountBy(entry => entry.Name).FirstOrDefault(pair => pair.Value > 1).Key is { } twice)
            throw new InvalidDataException($"{path}: tensor {twice} is there twice");
        long at = 0;
        foreach (var (name, _, _, from, to) in entries.OrderBy(entry => entry.From).ThenBy(entry => entry.To))
        {
            if (from != at)
                throw new InvalidDataException(
                    $"{path}: tensor {name} begins at byte {from}, not where the one before it ends, at {at}"
                );
            at = to;
        }
        if (at != dataBytes)
            throw new InvalidDataException($"{path}: {dataBytes - at} bytes at its end belong to no tensor");
    }
}
