using RobustInference.Serving;
using static TorchSharp.torch;

namespace RobustInference.Files;

/// <summary>The weights of a network in a file: names, types, shapes, and the numbers on demand. <c>.safetensors</c>,
/// or what <c>torch.save(model.state_dict(), …)</c> writes.</summary>
/// <remarks>Nothing in a file is ever executed: a pickle goes through a reader that can build tensors and dictionaries
/// and refuses the rest by name.</remarks>
public sealed class Checkpoint : IDisposable
{
    readonly IDisposable file;

    internal Checkpoint(string path, IEnumerable<StoredTensor> tensors, IDisposable file)
    {
        (Path, this.file) = (path, file);
        var named = new Dictionary<string, StoredTensor>();
        foreach (var tensor in TensorNames.Usual(tensors))
            if (!named.TryAdd(tensor.Name, tensor))
                throw new InvalidDataException($"{path}: tensor {tensor.Name} is there under two names");
        Tensors = named;
    }

    public string Path { get; }

    /// <summary>Bytes of the file, or of all its files.</summary>
    public long Bytes { get; init; }

    /// <summary>What the file holds, by its usual name: see <c>docs/inputs.md</c>.</summary>
    public IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    /// <summary>Opens a checkpoint; its format is known by its first bytes, whatever its name. Of one in several files
    /// (<c>…-00001-of-00003…</c>) any is named, or the <c>.index.json</c>.</summary>
    /// <exception cref="InvalidDataException">Neither format, a file that does not hold, or one that wants something
    /// executed; one line that names the file.</exception>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static Checkpoint Open(string path) =>
        ShardedCheckpoint.Files(path) is { } files ? ShardedCheckpoint.Open(path, files, OpenOne) : OpenOne(path);

    static Checkpoint OpenOne(string path)
    {
        Span<byte> start = stackalloc byte[4];
        using (var file = InputFile.Open(path, "a .safetensors or .pth file"))
            start = start[..file.ReadAtLeast(start, 4, throwOnEndOfStream: false)];
        // The first eight bytes of a .safetensors file are a length below 2²⁰.
        if (start is [0x80, _, _, not 0])
            throw new InvalidDataException(
                $"{path}: is a bare pickle, as torch wrote them before version 1.6; load it there and save "
                    + "it again, or take a .safetensors file"
            );
        if (Foreign(start) is { } kind)
            throw new InvalidDataException(
                $"{path}: is {kind}, which is not read; convert it to .safetensors with the program that wrote it"
            );
        return start.SequenceEqual("PK\u0003\u0004"u8) ? TorchFile.Open(path) : SafetensorsFile.Open(path);
    }

    static string? Foreign(ReadOnlySpan<byte> start) =>
        start switch
        {
            [0x89, (byte)'H', (byte)'D', (byte)'F'] => "an HDF5 file, as Keras writes them",
            [(byte)'G', (byte)'G', (byte)'U', (byte)'F'] => "a GGUF file",
            [0x1F, 0x8B, ..] => "compressed by gzip",
            [0x93, (byte)'N', (byte)'U', (byte)'M'] => "a NumPy array",
            _ => null,
        };

    /// <summary>Fills <paramref name="target"/> with the tensor called <paramref name="name"/>.</summary>
    /// <exception cref="InvalidDataException">The numbers cannot be read; the message names file and
    /// tensor.</exception>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    /// <exception cref="ArgumentException">Another shape.</exception>
    public void CopyTo(string name, Tensor target)
    {
        try
        {
            Tensors[name].CopyTo(target);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{Path}: tensor {name} {e.Message}", e);
        }
    }

    public void Dispose() => file.Dispose();
}
