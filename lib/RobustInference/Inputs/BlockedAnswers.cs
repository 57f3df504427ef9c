using RobustInference.Files;
using RobustInference.Numerics;
using RobustInference.Probits;

namespace RobustInference.Inputs;

/// <summary>An ensemble's answers that are too many to hold in memory: an <c>.npz</c> in the documented form, or an
/// <c>.npy</c> with its labels in another, read in blocks of samples.</summary>
public sealed class BlockedAnswers : IDisposable
{
    /// <summary>From so many numbers on, answers are read in blocks.</summary>
    public const long Large = 50_000_000;

    const int MostSamples = 20_000,
        BlockNumbers = 4_000_000;

    readonly string array;
    readonly Func<ArrayStream> open;
    readonly long[] labels;
    readonly bool isLogits;

    BlockedAnswers(
        IReadOnlyList<string> files,
        string array,
        Func<ArrayStream> open,
        NumpyHeader header,
        long[] labels,
        ProbitSet? validation,
        bool isLogits
    )
    {
        (Files, this.array, this.open, this.labels, Validation) = (files, array, open, labels, validation);
        this.isLogits = isLogits;
        (Samples, Clients, Classes) = ((int)header.Shape[0], (int)header.Shape[1], (int)header.Shape[2]);
    }

    /// <summary>How many samples of these make a block that is quick to look at and small in memory.</summary>
    public int BlockSamples => (int)Math.Clamp(BlockNumbers / ((long)Clients * Classes), 1, MostSamples);

    /// <summary>The file of the answers.</summary>
    public string Path => Files[0];

    /// <summary>The file of the answers, then that of the labels where they have one of their own.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>What the input is called in titles.</summary>
    public string Title => System.IO.Path.GetFileName(Path);

    /// <summary>One line about what was taken for what; empty where nothing was guessed.</summary>
    public string Understood { get; private init; } = "";

    /// <summary>The number that the file gives the first class.</summary>
    public int LabelsFrom { get; private init; }

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
    /// <param name="paths">One <c>.npz</c>, or an <c>.npy</c> of answers and one of labels.</param>
    /// <param name="options">Anything said of it, but a file of labels, makes it one to be read as a whole.</param>
    /// <param name="least">Numbers from which on a file is large.</param>
    /// <exception cref="InvalidDataException">It cannot be read; the message names file and array.</exception>
    public static BlockedAnswers? Open(IReadOnlyList<string> paths, InputOptions options, long least = Large)
    {
        if (OpenArrays(paths, options, least) is { } arrays)
            return arrays;
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
            [path],
            name,
            () => Npz.OpenArray(path, name),
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
        using var numbers = open();
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

    /// <summary>An array of its own, and its labels in another; null where these are not it, or are few.</summary>
    static BlockedAnswers? OpenArrays(IReadOnlyList<string> paths, InputOptions options, long least)
    {
        string[] files = options.Labels is { } own ? [.. paths, own] : [.. paths];
        if (
            files.Length != 2
            || !files.All(file => System.IO.Path.GetExtension(file) == ".npy" && File.Exists(file))
            || options with { Strict = false, Labels = null } != InputOptions.None
        )
            return null;
        var sources = files.Select(file => new NpyReader().Open(file, options, isPart: true)).ToArray();
        int at = Array.FindIndex(sources, source => source.Arrays[0].Shape.Length == 3);
        if (at < 0 || sources[1 - at].Arrays[0].Shape is not ([_] or [_, 1]))
            return null;
        string path = files[at],
            name = sources[at].Arrays[0].Name;
        using var first = NpyReader.OpenNumbers(path);
        if (first.Header is not { IsFortran: false, Kind: 'f', Shape: [> 0, > 0, > 1] } header || header.Count < least)
            return null;
        var raw = RawLabels.Of(sources[1 - at].Arrays[0].Name, sources[1 - at].Read(sources[1 - at].Arrays[0].Name));
        if (raw.Count != header.Shape[0])
            throw new InvalidDataException(
                $"{path}: {header.Shape[0]} samples, but {raw.Count} labels in {files[1 - at]}; give one label a sample"
            );
        int classes = (int)header.Shape[2];
        var codes = LabelCodes.Of([raw], classes, null, null);
        // As many rows as decide it beyond doubt.
        int few = (int)Math.Min(header.Shape[0], Math.Max(1, BlockNumbers / (header.Shape[1] * classes)));
        bool isLogits = AnswerKind.IsLogits(
            name,
            first.Read((int)(few * header.Shape[1] * classes), few, header.Shape[1], classes).ToFloats(),
            classes,
            insists: false
        );
        return new(
            [path, files[1 - at]],
            name,
            () => NpyReader.OpenNumbers(path),
            header,
            codes.Apply(raw),
            null,
            isLogits
        )
        {
            Names = codes.Names is null
                ? EnsembleNames.None
                : new EnsembleNames(null, EnsembleNames.Checked("the classes", codes.Names, classes)),
            LabelsFrom = codes.First,
            Understood =
                FormattableString.Invariant($"{path}: an .npy array; {(isLogits ? "logits" : "probabilities")} from ")
                + $"{name} ({string.Join(", ", header.Shape)}); labels from {raw.Name}"
                + (codes.First == 1 ? ", counted from 1." : "."),
        };
    }

    static ProbitSet Held(string path, string name)
    {
        var arrays = Npz.Read(path, [name, "val_labels", .. ValidationViews.Arrays]);
        if (!arrays.TryGetValue("val_labels", out var labels))
            throw new InvalidDataException($"{path}: holds {name}, but no val_labels; add them");
        ProbitSet validation;
        try
        {
            var rows = arrays[name];
            validation =
                name == "val_logits"
                    ? ProbitSet.FromLogits(name, rows.ToFloats(), rows.Shape, labels.ToIntegers())
                    : ProbitSet.FromProbits(name, rows.ToFloats(), rows.Shape, labels.ToIntegers());
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
        return ValidationViews.Beside(path, arrays, validation);
    }
}
