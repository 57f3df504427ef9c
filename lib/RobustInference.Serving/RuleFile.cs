using System.Globalization;
using System.Runtime.InteropServices;

namespace RobustInference.Serving;

/// <summary>A trained rule on disk, as <c>docs/serving.md</c> describes it. Nothing in it is believed before it is
/// checked.</summary>
internal sealed class RuleFile
{
    const long LargestFile = 1L << 31;
    const int LargestTable = 1 << 24;
    const long MostWeights = 1L << 28;
    const string Prefix = "robust-inference/";

    readonly string path;
    readonly SafetensorsHeader header;
    readonly FileStream file;
    readonly HashSet<string> known = [];

    RuleFile(string path, SafetensorsHeader header, FileStream file) =>
        (this.path, this.header, this.file) = (path, header, file);

    /// <inheritdoc cref="ServedRule.Read"/>
    public static ServedRule Read(string path)
    {
        using var file = InputFile.Open(path, "a .safetensors file");
        if (file.Length > LargestFile)
            throw new InvalidDataException($"{path}: {file.Length:N0} bytes are more than are read here");
        var header = SafetensorsHeader.Read(path, file);
        if (header.Entries.FirstOrDefault(entry => entry.Type != "F32") is { } other)
            throw new InvalidDataException($"{path}: tensor {other.Name} has the type {other.Type}, wanted F32");
        var reader = new RuleFile(path, header, file);
        ServedRule rule = header.Metadata.GetValueOrDefault("kind") switch
        {
            Prefix + "deepset" => reader.DeepSet("DeepSet-TM", certified: false),
            Prefix + "certified-deepset" => reader.DeepSet("CertifiedDeepSet", certified: true),
            Prefix + "certified-vote" => reader.Vote(),
            Prefix + "calibrated" => reader.Calibrated(),
            _ => throw new InvalidDataException(
                $"{path}: is not a trained DeepSet, CertifiedVote or rule of calibrated clients; 'workbook aggregator "
                    + "train' writes them"
            ),
        };
        // Further text in the metadata changes nothing; weights that are passed over would be another rule.
        return header.Entries.FirstOrDefault(entry => !reader.known.Contains(entry.Name)) is { } more
            ? throw new InvalidDataException(
                $"{path}: tensor {more.Name} is none of a {rule.Name}; a later version may have written it"
            )
            : rule;
    }

    ServedDeepSet DeepSet(string name, bool certified)
    {
        int classes = Whole("classes", 2, 100_000),
            hidden = Whole("hidden", 1, 16_384),
            trim = Whole("trim", 0, 100_000),
            decoder = certified ? Whole("decoder", 1, 16_384) : hidden;
        return new(
            name,
            (Layer("rho_in", classes, hidden), Layer("rho_out", hidden, hidden)),
            (Layer("mu_in", hidden, decoder), Layer("mu_out", decoder, classes)),
            trim
        );
    }

    ServedCertifiedVote Vote()
    {
        int clients = Whole("clients", 1, 100_000),
            classes = Whole("classes", 2, 100_000),
            hidden = Whole("hidden", 1, 16_384),
            embedding = Whole("embedding", 0, 16_384),
            members = Whole("members", 1, 1000);
        // What is worked out for every client beforehand is not in the file.
        if ((long)clients * hidden > LargestTable)
            throw new InvalidDataException(
                $"{path}: {clients} clients with {hidden} hidden units are more than are read"
            );
        return new([
            .. Enumerable
                .Range(0, members)
                .Select(m =>
                {
                    string own = $"members.{m}.";
                    double[] influence = Tensor($"{own}influence", clients);
                    if (influence.FirstOrDefault(value => value is < 0 or > 1, 0) is var odd and not 0)
                        throw new InvalidDataException(
                            FormattableString.Invariant(
                                $"{path}: tensor {own}influence holds {odd}, which is not in 0…1"
                            )
                        );
                    return new VoteMemberWeights(
                        Layer($"{own}row_in", 2 * classes, hidden),
                        Layer($"{own}between", hidden, hidden),
                        Layer($"{own}vote_out", hidden, classes),
                        Tensor($"{own}embedding", clients, embedding),
                        Tensor($"{own}client_in", hidden, embedding),
                        influence,
                        Tensor($"{own}bias", classes)
                    );
                }),
        ]);
    }

    ServedCalibrated Calibrated()
    {
        int clients = Whole("clients", 1, 100_000),
            classes = Whole("classes", 2, 100_000),
            trim = Whole("trim", 0, (clients - 1) / 2);
        bool median = Whole("median", 0, 1) == 1;
        if ((long)clients * classes * classes > MostWeights)
            throw new InvalidDataException(
                $"{path}: {clients:N0} clients and {classes:N0} classes are more than are read"
            );
        return new(
            median ? new(RangeKind.Median) : new(RangeKind.Trimmed, trim),
            Tensor("weight", clients, classes, classes),
            Tensor("bias", clients, classes),
            classes
        );
    }

    int Whole(string key, int least, int most) =>
        int.TryParse(header.Metadata.GetValueOrDefault(key), CultureInfo.InvariantCulture, out int value)
        && value >= least
        && value <= most
            ? value
            : throw new InvalidDataException(
                $"{path}: '{key}' is '{header.Metadata.GetValueOrDefault(key)}', wanted a whole number in "
                    + $"{least}…{most}"
            );

    Layer Layer(string name, int inputs, int outputs) =>
        new(inputs, outputs, Tensor($"{name}.weight", outputs, inputs), Tensor($"{name}.bias", outputs));

    double[] Tensor(string name, params long[] shape)
    {
        var entry =
            header.Entries.FirstOrDefault(entry => entry.Name == name)
            ?? throw new InvalidDataException($"{path}: tensor {name} is missing");
        if (!entry.Shape.AsSpan().SequenceEqual(shape))
            throw new InvalidDataException(
                $"{path}: tensor {name} has the shape ({string.Join(", ", entry.Shape)}), wanted "
                    + $"({string.Join(", ", shape)})"
            );
        known.Add(name);
        var values = new float[(entry.To - entry.From) / sizeof(float)];
        file.Position = header.DataStart + entry.From;
        file.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        if (values.Any(value => !float.IsFinite(value)))
            throw new InvalidDataException($"{path}: tensor {name} holds a number that is not finite");
        return [.. values.Select(value => (double)value)];
    }
}
