using RobustInference.Files;
using RobustInference.Numerics;

namespace RobustInference.Probits;

/// <summary>An ensemble's answers as a file holds them: on the test set, and on the server's validation data where
/// there is one.</summary>
/// <param name="Validation">Null where the file has none.</param>
/// <param name="Test">Read once, at the end; nothing is ever chosen by it.</param>
public sealed record ProbitArchive(ProbitSet? Validation, ProbitSet Test) : IDisposable
{
    static readonly string[] Kinds = ["logits", "probits"];

    /// <summary>What clients and classes are called; numbers where nothing is known.</summary>
    public EnsembleNames Names { get; init; } = EnsembleNames.None;

    /// <summary>Reads an <c>.npz</c> with <c>test_logits</c>, <c>test_labels</c> and perhaps <c>val_logits</c>,
    /// <c>val_labels</c>, or with <c>logits</c> or <c>probits</c> and <c>labels</c> alone; <c>probits</c> may stand for
    /// <c>logits</c> in every name. <c>val_view_logits</c>, [V, S, n, K], are answers to augmented copies of the
    /// validation samples: <see cref="ProbitSet.Views"/>.</summary>
    /// <exception cref="InvalidDataException">The message names the file, the array and the place in it.</exception>
    public static ProbitArchive Read(string path)
    {
        string[] prefixes = ["test_", "", "val_"];
        var arrays = Npz.Read(
            path,
            [
                .. prefixes.SelectMany(p => Kinds.Append("labels").Select(kind => p + kind)),
                .. ValidationViews.Arrays,
                EnsembleNames.ClientArray,
                EnsembleNames.ClassArray,
            ]
        );
        ProbitSet? test = null,
            validation = null;
        try
        {
            test =
                Set(path, arrays, "test_")
                ?? Set(path, arrays, "")
                ?? throw new InvalidDataException(
                    $"{path}: holds neither test_logits, test_probits, logits nor probits"
                );
            validation = Set(path, arrays, "val_");
            if (validation is not null && (validation.Clients, validation.Classes) != (test.Clients, test.Classes))
                throw new InvalidDataException(
                    $"{path}: validation has {validation.Clients} clients and {validation.Classes} "
                        + $"classes, test {test.Clients} and {test.Classes}"
                );
            if (validation is not null)
                validation = ValidationViews.Beside(path, arrays, validation);
            return new ProbitArchive(validation, test)
            {
                Names = EnsembleNames.From(path, arrays, test.Clients, test.Classes),
            };
        }
        catch
        {
            test?.Dispose();
            validation?.Dispose();
            throw;
        }
    }

    /// <summary>Writes logits as float16 and labels as int64, atomically: the same answers give the same bytes. A row
    /// with logits that are too large for float16 is moved so that its greatest is 0, which changes no
    /// probability. Names are written where there are some.</summary>
    public void Write(string path)
    {
        var arrays = new List<KeyValuePair<string, NumpyArray>>();
        if (Validation is not null)
        {
            Add("val_", Validation);
            if (ValidationViews.ToArray(Validation) is { } views)
                arrays.Add(views);
        }
        Add("test_", Test);
        arrays.AddRange(Names.ToArrays());
        Npz.Write(path, arrays);

        void Add(string prefix, ProbitSet set)
        {
            arrays.Add(
                new(prefix + "logits", NumpyArray.Float16(set.LogitsWithin((float)Half.MaxValue), set.Logits.shape))
            );
            arrays.Add(new(prefix + "labels", NumpyArray.Int64(set.Labels.data<long>().ToArray(), set.Labels.shape)));
        }
    }

    /// <summary>A random draw of samples without replacement, each set in its own order: small enough to pass on, and
    /// no cleverer than chance.</summary>
    /// <param name="validation">How many validation samples; ignored where there are none.</param>
    /// <param name="test">How many test samples.</param>
    /// <param name="seed">Random seed of the draw.</param>
    /// <exception cref="ArgumentException">Fewer than 1, or more than there are.</exception>
    public ProbitArchive Subset(int validation, int test, long seed) =>
        new(
            Validation is null ? null : Draw(Validation, "validation", validation, seed),
            Draw(Test, "test", test, seed)
        )
        {
            Names = Names,
        };

    public void Dispose()
    {
        Validation?.Dispose();
        Test.Dispose();
    }

    static ProbitSet Draw(ProbitSet set, string part, int count, long seed)
    {
        if (count < 1 || count > set.Samples)
            throw new ArgumentException(
                $"{count:N0} {part} samples of {set.Samples:N0}: at least 1 and at most all can be kept"
            );
        return set.Select(DrawnSamples(part, set.Samples, count, seed));
    }

    /// <summary>Which samples <see cref="Subset"/> takes, ascending.</summary>
    public static long[] DrawnSamples(string part, int samples, int count, long seed)
    {
        long[] order = [.. Enumerable.Range(0, samples).Select(s => (long)s)];
        RandomStream.Managed(seed, $"subset-{part}").ShuffleInplace<long>(order);
        return [.. order.Take(count).Order()];
    }

    static ProbitSet? Set(string path, Dictionary<string, NumpyArray> arrays, string prefix)
    {
        var kinds = Kinds.Where(kind => arrays.ContainsKey(prefix + kind)).ToArray();
        if (kinds.Length == 0)
            return !arrays.ContainsKey(prefix + "labels")
                ? null
                : throw new InvalidDataException(
                    $"{path}: holds {prefix}labels, but neither {prefix}logits nor {prefix}probits"
                );
        string name = prefix + kinds[0];
        if (kinds.Length > 1)
            throw new InvalidDataException($"{path}: holds both {prefix}logits and {prefix}probits; keep one");
        if (!arrays.TryGetValue(prefix + "labels", out var labels))
            throw new InvalidDataException($"{path}: holds {name}, but no {prefix}labels");
        if (labels.Shape.Length != 1)
            throw new InvalidDataException(
                $"{path}: array {prefix}labels has the shape {labels.ShapeText}, wanted one number a sample"
            );
        var rows = arrays[name];
        try
        {
            return kinds[0] == "logits"
                ? ProbitSet.FromLogits(name, rows.ToFloats(), rows.Shape, Integers())
                : ProbitSet.FromProbits(name, rows.ToFloats(), rows.Shape, Integers());
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException(
                e.Message.StartsWith("holds", StringComparison.Ordinal)
                    ? $"{path}: array {name} {e.Message}"
                    : $"{path}: {e.Message}",
                e
            );
        }

        long[] Integers()
        {
            try
            {
                return labels.ToIntegers();
            }
            catch (InvalidDataException e)
            {
                throw new InvalidDataException($"array {prefix}labels {e.Message}", e);
            }
        }
    }
}
