using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using RobustInference.Serving;
using static TorchSharp.torch;

namespace RobustInference.Files;

/// <summary>The <c>.safetensors</c> format: eight bytes of header length, a JSON header, the numbers. Nothing in it can
/// be executed.</summary>
public static class Safetensors
{
    const long LargestFile = 1L << 31;

    /// <summary>Writes float32 arrays atomically, in the order of their names, so that equal contents give equal
    /// bytes.</summary>
    public static void Write(
        string path,
        IReadOnlyDictionary<string, NamedTensor> tensors,
        IReadOnlyDictionary<string, string> metadata
    ) =>
        Write(
            path,
            metadata,
            tensors.Select(pair =>
                (
                    pair.Key,
                    pair.Value.Shape,
                    4L * pair.Value.Values.Length,
                    (Action<Stream>)(stream => stream.Write(MemoryMarshal.AsBytes<float>(pair.Value.Values)))
                )
            )
        );

    /// <summary>Writes float32 tensors as they lie in torch's memory: nothing is copied but what is on another device
    /// or not contiguous, one tensor at a time.</summary>
    /// <param name="path">Written atomically.</param>
    /// <param name="tensors">Such as a network's <c>state_dict()</c>.</param>
    /// <param name="metadata">Free text.</param>
    /// <exception cref="ArgumentException">A tensor of another type.</exception>
    public static void Write(
        string path,
        IReadOnlyDictionary<string, Tensor> tensors,
        IReadOnlyDictionary<string, string> metadata
    )
    {
        if (tensors.FirstOrDefault(pair => pair.Value.dtype != ScalarType.Float32) is { Key: { } other })
            throw new ArgumentException($"tensor {other} is of {tensors[other].dtype}, wanted float32");
        Write(
            path,
            metadata,
            tensors.Select(pair =>
                (
                    pair.Key,
                    pair.Value.shape,
                    4 * pair.Value.numel(),
                    (Action<Stream>)(
                        stream =>
                        {
                            using var scope = NewDisposeScope();
                            stream.Write(pair.Value.detach().cpu().contiguous().bytes);
                        }
                    )
                )
            )
        );
    }

    static void Write(
        string path,
        IReadOnlyDictionary<string, string> metadata,
        IEnumerable<(string Name, long[] Shape, long Bytes, Action<Stream> Write)> tensors
    )
    {
        var header = new SortedDictionary<string, object>(StringComparer.Ordinal)
        {
            ["__metadata__"] = new SortedDictionary<string, string>(metadata.ToDictionary(), StringComparer.Ordinal),
        };
        var ordered = tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal).ToArray();
        long at = 0;
        foreach (var (name, shape, bytes, _) in ordered)
        {
            header[name] = new
            {
                dtype = "F32",
                shape,
                data_offsets = new[] { at, at + bytes },
            };
            at += bytes;
        }
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header, ReflectedJson.Compact);
        int padded = (json.Length + 7) / 8 * 8;
        AtomicFile.Write(
            path,
            stream =>
            {
                Span<byte> length = stackalloc byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(length, padded);
                stream.Write(length);
                stream.Write(json);
                for (int i = json.Length; i < padded; i++)
                    stream.WriteByte((byte)' ');
                foreach (var tensor in ordered)
                    tensor.Write(stream);
            }
        );
    }

    /// <summary>Reads every tensor, all float32, and the metadata. Large or mixed files:
    /// <see cref="Checkpoint"/>.</summary>
    /// <exception cref="InvalidDataException">A header, an offset or a size that does not hold; nothing is allocated
    /// before it is checked.</exception>
    public static (Dictionary<string, NamedTensor> Tensors, Dictionary<string, string> Metadata) Read(string path)
    {
        using var file = InputFile.Open(path, "a .safetensors file");
        if (file.Length > LargestFile)
            throw new InvalidDataException($"{path}: {file.Length:N0} bytes are more than are read here");
        var header = SafetensorsHeader.Read(path, file);
        if (header.Entries.FirstOrDefault(entry => entry.Type != "F32") is { } other)
            throw new InvalidDataException($"{path}: tensor {other.Name} has the type {other.Type}, wanted F32");
        var tensors = new Dictionary<string, NamedTensor>();
        foreach (var (name, _, shape, from, to) in header.Entries)
        {
            var values = new float[(to - from) / 4];
            file.Position = header.DataStart + from;
            file.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            tensors[name] = new NamedTensor(shape, values);
        }
        return (tensors, header.Metadata);
    }
}
