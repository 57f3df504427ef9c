using RobustInference.Files;
using RobustInference.Numerics;
using RobustInference.Probits;

namespace RobustInference.Inputs;

/// <summary>An ensemble's answers that are too many to hold in memory: an <c>.npz</c> in the documented form, read in
/// blocks of samples.</summary>
public sealed class BlockedAnswers : IDisposable
{
    /// <summary>From so many numbers on, answers are read in blocks.</summary>
    public const long Large = 50_000_000;

    const int MostSamples = 20_000,
        BlockNumbers = 4_000_000;

    readonly string array;
    readonly long[] labels;
    readonly bool isLogits;

    BlockedAnswers(string path, string array, NumpyHeader header, long[] labels, ProbitSet? validation, bool isLogits)
    {
        (Path, this.array, this.labels, Validation, this.isLogits) = (path, array, labels, validation, isLogits);
        (Samples, Clients, Classes) = ((int)header.Shape[0], (int)header.Shape[1], (int)header.Shape[2]);
    }

    /// <summary>How many samples of these make a block that is quick to look at and small in memory.</summary>
    public int BlockSamples => (int)Math.Clamp(BlockNumbers / ((long)Clients * Classes), 1, MostSamples);

    /// <summary>The file.</summary>
    public string Path { get; }

    public int Samples { get; }

    public int Clients { get; }

    public int Classes { get; }

    /// <summary>Whether the file holds logits.</summary>
    public bool HasLogits => isLogits;

    /// <summary>What clients and classes are called.</summary>
    public EnsembleNames Names { get; private init; } = EnsembleNames.None;

    /// <summary>The server's validation data, whole; null where there is none.</summary>
    public ProbitSet? Validation { get; }

    /// <summary>The label of every test sample.</summary>
    public IReadOnlyList<long> Labels => labels;

    /// <summary>Opens a file whose test answers are at least so many numbers; null for every other one.</summary>
    /// <param name="paths">One <c>.npz</c>.</param>
    /// <param name="options">Anything said of it makes it one to be read as a whole.</param>
    /// <param name="least">Numbers from which on a file is large.</param>
    /// <exception cref="InvalidDataException">It cannot be read; the message names file and array.</exception>
    public static BlockedAnswers? Open(IReadOnlyList<string> paths, InputOptions options, long least = Large)
    {
        if (
            paths is not [var path]
            || !System.IO.Path.GetExtension(path).Equals(".npz", StringComparison.OrdinalIgnoreCase)
            || !File.Exists(path)
            || options with { Strict = false } != InputOptions.None
        )
            return null;
        var headers = Npz.Headers(path)
            .Where(array => array.Header is not null)
            .ToDictionary(a => a.Name, a => a.Header!);
        string[] names = ["test_logits", "test_probits", "logits", "probits"];
        if (
            names.FirstOrDefault(headers.ContainsKey) is not { } name
            || headers[name] is not { IsFortran: false, Kind: 'f', Shape: [> 0, > 0, > 1] } header
            || header.Count < least
        )
            return null;
        string prefix = name.StartsWith("test_", StringComparison.Ordinal) ? "test_" : "";
        if (!headers.ContainsKey(prefix + "labels"))
            return null;
        long[] labels = Npz.Read(path, prefix + "labels")[prefix + "labels"].ToIntegers();
        if (labels.Length != header.Shape[0])
            throw new InvalidDataException(
                $"{path}: {name}: {header.Shape[0]} samples, but {labels.Length} labels; give one label a sample"
            );
        string? held = new[] { "val_logits", "val_probits" }.FirstOrDefault(headers.ContainsKey);
        string[] named = [EnsembleNames.ClientArray, EnsembleNames.ClassArray];
        return new(
            path,
            name,
            header,
            labels,
            held is null ? null : Held(path, held),
            name.EndsWith("logits", StringComparison.Ordinal)
        )
        {
            Names = named.Any(headers.ContainsKey)
                ? EnsembleNames.From(path, Npz.Read(path, named), (int)header.Shape[1], (int)header.Shape[2])
                : EnsembleNames.None,
        };
    }

    /// <summary>The answers, block by block, in their order. Each block is disposed by who takes it.</summary>
    /// <param name="samples">Samples of a block; the last one may have fewer.</param>
    /// <param name="cancel">Checked before each block.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or holds what is no answer; the message names file,
    /// array and block.</exception>
    public IEnumerable<ProbitSet> Blocks(int samples, CancellationToken cancel = default)
    {
        using var numbers = Npz.OpenArray(Path, array);
        for (int from = 0; from < Samples; from += samples)
        {
            LongWork.ThrowIfCancelled(cancel);
            yield return Block(numbers, from, Math.Min(samples, Samples - from));
        }
    }

    public void Dispose() => Validation?.Dispose();

    ProbitSet Block(ArrayStream numbers, int from, int count)
    {
        long[] shape = [count, Clients, Classes];
        string name = from == 0 ? array : $"{array} from sample {from} on";
        try
        {
            float[] values = numbers.Read(count * Clients * Classes, shape).ToFloats();
            long[] own = labels[from..(from + count)];
            if (from == 0 && isLogits)
                _ = AnswerKind.IsLogits(array, values, Classes, insists: false);
            return isLogits
                ? ProbitSet.FromLogits(name, values, shape, own)
                : ProbitSet.FromProbits(name, values, shape, own);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{Path}: {e.Message}", e);
        }
    }

    static ProbitSet Held(string path, string name)
    {
        var arrays = Npz.Read(path, name, "val_labels");
        if (!arrays.TryGetValue("val_labels", out var labels))
            throw new InvalidDataException($"{path}: holds {name}, but no val_labels; add them");
        try
        {
            var rows = arrays[name];
            return name == "val_logits"
                ? ProbitSet.FromLogits(name, rows.ToFloats(), rows.Shape, labels.ToIntegers())
                : ProbitSet.FromProbits(name, rows.ToFloats(), rows.Shape, labels.ToIntegers());
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }
}
