using Tests.RobustInference.Files;

namespace Tests.RobustInference.Probits;

/// <summary>A file that no reader may accept, and what the one line about it has to name.</summary>
public sealed record BrokenProbitFile(string Name, string[] Says, Func<byte[]> Bytes)
{
    /// <summary>Writes the file into <paramref name="folder"/>.</summary>
    /// <returns>Its path.</returns>
    public string Write(string folder)
    {
        string path = Path.Combine(folder, Name.Replace(' ', '-') + ".npz");
        File.WriteAllBytes(path, Bytes());
        return path;
    }

    public override string ToString() => Name;
}

/// <summary>Every way we know to break an ensemble's <c>.npz</c>: each is <see cref="WriteSound"/>'s file with one
/// thing wrong.</summary>
public static class BrokenProbitFiles
{
    public const int Samples = 6,
        ValidationSamples = 5,
        Clients = 5,
        Classes = 3;

    static readonly string Shape = $"({Samples}, {Clients}, {Classes})";
    static readonly long[] Labels = [0, 1, 2, 0, 1, 2];

    /// <summary>A sound file of 6 test and 5 validation samples, 5 clients and 3 classes.</summary>
    /// <returns>Its path.</returns>
    public static string WriteSound(string folder, string name = "sound.npz")
    {
        string path = Path.Combine(folder, name);
        File.WriteAllBytes(path, Zip());
        return path;
    }

    /// <summary>The names, for <c>[Theory, MemberData]</c>.</summary>
    public static TheoryData<string> Names => [.. All.Select(file => file.Name)];

    public static BrokenProbitFile Named(string name) => All.Single(file => file.Name == name);

    public static IReadOnlyList<BrokenProbitFile> All { get; } =
    [
        // The archive.
        new("truncated", ["truncated"], () => Zip()[..^40]),
        new("half a file", ["truncated"], () => Zip()[..(Zip().Length / 2)]),
        new("empty file", [".npz archive"], () => []),
        new("not a zip", [".npz archive"], () => "sample,client,class\n1,2,3\n"u8.ToArray()),
        new("flipped bit", ["test_logits", "damaged"], Flipped),
        new(
            "array twice",
            ["test_labels", "twice"],
            () => NumpyBytes.Zip([.. Entries(), ("test_labels.npy", NumpyBytes.Longs("(6,)", Labels))])
        ),
        new("no known array", ["neither test_logits"], () => NumpyBytes.Zip([("predictions.npy", Logits())])),
        new("missing labels", ["test_logits", "no test_labels"], () => Zip(without: "test_labels")),
        new("missing logits", ["test_labels", "neither test_logits"], () => Zip(without: "test_logits")),
        new(
            "both logits and probits",
            ["both", "test_logits", "test_probits"],
            () => NumpyBytes.Zip([.. Entries(), ("test_probits.npy", Uniform())])
        ),
        // The types.
        new(
            "integer logits",
            ["test_logits", "int64"],
            () => Zip("test_logits", NumpyBytes.Longs(Shape, new long[Samples * Clients * Classes]))
        ),
        new(
            "complex logits",
            ["test_logits", "<c8"],
            () => Zip("test_logits", NumpyBytes.Array("<c8", Shape, new byte[8 * Samples * Clients * Classes]))
        ),
        new(
            "object logits",
            ["test_logits", "Python objects"],
            () => Zip("test_logits", NumpyBytes.Array("|O", Shape, new byte[100]))
        ),
        new(
            "text labels",
            ["test_labels", "<U1"],
            () => Zip("test_labels", NumpyBytes.Array("<U1", "(6,)", new byte[24]))
        ),
        new(
            "float labels",
            ["test_labels", "float32"],
            () => Zip("test_labels", NumpyBytes.Floats("(6,)", 0, 1, 2, 0, 1, 2))
        ),
        new("not an array", ["test_logits", "not a NumPy array"], () => Zip("test_logits", "hello, world"u8.ToArray())),
        // The shapes.
        new(
            "two axes",
            ["test_logits", "(6, 15)"],
            () => Zip("test_logits", NumpyBytes.Floats("(6, 15)", new float[90]))
        ),
        new(
            "one-hot labels",
            ["test_labels", "(6, 3)"],
            () => Zip("test_labels", NumpyBytes.Longs("(6, 3)", new long[18]))
        ),
        new(
            "too few labels",
            ["test_logits", "6 samples", "5 labels"],
            () => Zip("test_labels", NumpyBytes.Longs("(5,)", Labels[..5]))
        ),
        new(
            "no samples",
            ["test_logits", "no samples"],
            () => Zip(("test_logits", NumpyBytes.Floats("(0, 5, 3)")), ("test_labels", NumpyBytes.Longs("(0,)")))
        ),
        new("no clients", ["test_logits", "0 clients"], () => Zip("test_logits", NumpyBytes.Floats("(6, 0, 3)"))),
        new(
            "one class",
            ["test_logits", "1 classes"],
            () => Zip("test_logits", NumpyBytes.Floats("(6, 5, 1)", new float[30]))
        ),
        new(
            "shape that lies",
            ["test_logits", "there are"],
            () => Zip("test_logits", NumpyBytes.Floats("(600, 5, 3)", new float[90]))
        ),
        new(
            "absurd shape",
            ["test_logits", "2 GB"],
            () => Zip("test_logits", NumpyBytes.Floats("(4000000000, 4000000000, 3)", new float[90]))
        ),
        new(
            "other clients in validation",
            ["validation", "4 clients", "5"],
            () => Zip("val_logits", NumpyBytes.Floats("(5, 4, 3)", new float[60]))
        ),
        // The numbers.
        new(
            "NaN",
            ["test_logits", "sample 2, client 1, class 0", "NaN"],
            () => Zip("test_logits", Logits(at: (2, 1, 0), float.NaN))
        ),
        new(
            "infinity",
            ["test_logits", "sample 5, client 4, class 2", "finite"],
            () => Zip("test_logits", Logits(at: (5, 4, 2), float.PositiveInfinity))
        ),
        new(
            "NaN in validation",
            ["val_logits", "sample 0, client 3, class 1", "NaN"],
            () => Zip("val_logits", Logits(at: (0, 3, 1), float.NaN, ValidationSamples))
        ),
        new(
            "too large for a float",
            ["test_logits", "sample 0, client 0, class 1", "finite"],
            () => Zip("test_logits", NumpyBytes.Doubles(Shape, [0, 1e300, .. new double[88]]))
        ),
        new(
            "label too large",
            ["test_logits", "sample 4", "label 3"],
            () => Zip("test_labels", NumpyBytes.Longs("(6,)", 0, 1, 2, 0, 3, 2))
        ),
        new(
            "negative label",
            ["test_logits", "sample 1", "label -1"],
            () => Zip("test_labels", NumpyBytes.Longs("(6,)", 0, -1, 2, 0, 1, 2))
        ),
        new(
            "row that sums to 0.9",
            ["test_probits", "sample 3, client 2", "sum to 0.9"],
            () => Probits((3, 2, 0), 1 / 3f - 0.1f)
        ),
        new(
            "negative probability",
            ["test_probits", "sample 1, client 0, class 2", "not a probability"],
            () => Probits((1, 0, 2), -0.25f)
        ),
        new(
            "NaN probability",
            ["test_probits", "sample 0, client 0, class 0", "not a probability"],
            () => Probits((0, 0, 0), float.NaN)
        ),
    ];

    static (string, byte[])[] Entries() =>
        [
            ("test_logits.npy", Logits()),
            ("test_labels.npy", NumpyBytes.Longs("(6,)", Labels)),
            ("val_logits.npy", Logits(samples: ValidationSamples)),
            ("val_labels.npy", NumpyBytes.Longs("(5,)", Labels[..5])),
        ];

    static byte[] Zip(string? without = null) =>
        NumpyBytes.Zip(Entries().Where(entry => entry.Item1 != without + ".npy"));

    static byte[] Zip(string name, byte[] array) => Zip((name, array));

    static byte[] Zip(params (string Name, byte[] Array)[] changes) =>
        NumpyBytes.Zip(
            Entries()
                .Select(entry =>
                    changes.FirstOrDefault(change => change.Name + ".npy" == entry.Item1) is { Array: { } changed }
                        ? (entry.Item1, changed)
                        : entry
                )
        );

    static byte[] Probits((int, int, int) at, float value) =>
        NumpyBytes.Zip([
            ("test_probits.npy", Uniform(at, value)),
            ("test_labels.npy", NumpyBytes.Longs("(6,)", Labels)),
        ]);

    // Every client is mostly right.
    static byte[] Logits((int Sample, int Client, int Class)? at = null, float value = 0, int samples = Samples)
    {
        var numbers = new float[samples * Clients * Classes];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = (i % Classes == Labels[i / Classes / Clients] ? 2 : 0) + 0.125f * (i % 7);
        if (at is { } place)
            numbers[(place.Sample * Clients + place.Client) * Classes + place.Class] = value;
        return NumpyBytes.Floats($"({samples}, {Clients}, {Classes})", numbers);
    }

    static byte[] Uniform((int Sample, int Client, int Class)? at = null, float value = 0)
    {
        float[] numbers = [.. Enumerable.Repeat(1 / 3f, Samples * Clients * Classes)];
        if (at is { } place)
            numbers[(place.Sample * Clients + place.Client) * Classes + place.Class] = value;
        return NumpyBytes.Floats(Shape, numbers);
    }

    static byte[] Flipped()
    {
        byte[] zip = Zip();
        zip[zip.AsSpan().IndexOf("NUMPY"u8) + 200] ^= 1;
        return zip;
    }
}
