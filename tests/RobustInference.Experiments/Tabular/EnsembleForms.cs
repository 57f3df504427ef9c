using System.Globalization;
using System.Text;
using DuckDB.NET.Data;
using RobustInference.Files;
using RobustInference.Numerics;
using RobustInference.Probits;
using Tests.RobustInference.Files;

namespace Tests.RobustInference.Tabular;

/// <summary>One ensemble, written in every form that is read.</summary>
/// <param name="archive">With validation data; the caller keeps it.</param>
/// <param name="folder">Where the files go.</param>
sealed class EnsembleForms(ProbitArchive archive, string folder)
{
    static readonly string[] Parts = ["val", "test"];

    /// <summary>The names, for <c>[Theory, MemberData]</c>.</summary>
    public static TheoryData<string> Names =>
        [
            "npz of other names",
            "npz of named arrays",
            "npz with clients first",
            "npz with classes in the middle",
            "npz of one array a client",
            "npz with labels from 1",
            "npz with one-hot labels",
            "npz with float labels",
            "npz with labels of its own file",
            "folder of npy",
            "list of npy",
            "safetensors",
            "pth",
            "wide csv",
            "long csv",
            "long csv with a column a class",
            "wide csv with semicolons and decimal commas",
            "folder of csv",
            "wide parquet",
            "long parquet",
        ];

    /// <summary>Writes the documented form.</summary>
    public string[] WriteDocumented()
    {
        string path = Path.Combine(folder, "documented.npz");
        archive.Write(path);
        return [path];
    }

    /// <summary>Writes a form.</summary>
    /// <returns>The arguments that read it.</returns>
    public string[] Write(string form)
    {
        string path = Path.Combine(folder, form.Replace(' ', '-'));
        switch (form)
        {
            case "npz of other names":
                return Npz(path, part => ($"{part}_outputs", Floats(part), $"{part}_y", Labels(part)));
            case "npz of named arrays":
                return
                [
                    .. Npz(path, part => ($"{part}_a", Floats(part), $"{part}_b", Labels(part))),
                    "--probits",
                    "a",
                    "--labels",
                    "b",
                ];
            case "npz with clients first":
                return Npz(path, part => ($"{part}_logits", Turned(part, 1, 0, 2), $"{part}_labels", Labels(part)));
            case "npz with classes in the middle":
                return
                [
                    .. Npz(path, part => ($"{part}_logits", Turned(part, 0, 2, 1), $"{part}_labels", Labels(part))),
                    "--axes",
                    "samples,classes,clients",
                ];
            case "npz of one array a client":
                return
                [
                    Saved(
                        path,
                        Parts.SelectMany(part =>
                            Enumerable
                                .Range(0, archive.Test.Clients)
                                .Select(c => KeyValuePair.Create($"{part}_model{c}", Client(part, c)))
                                .Append(new($"{part}_labels", Labels(part)))
                        )
                    ),
                ];
            case "npz with labels from 1":
                return Npz(path, part => ($"{part}_logits", Floats(part), $"{part}_labels", Labels(part, 1)));
            case "npz with one-hot labels":
                return Npz(path, part => ($"{part}_logits", Floats(part), $"{part}_labels", OneHot(part)));
            case "npz with float labels":
                return Npz(
                    path,
                    part =>
                        (
                            $"{part}_logits",
                            Floats(part),
                            $"{part}_labels",
                            NumpyArray.Float32([.. Of(part).Labels.Integers().Select(y => (float)y)], Of(part).Samples)
                        )
                );
            case "npz with labels of its own file":
                Npy(Path.Combine(folder, "validation", "labels.npy"), Labels("val"));
                Npy(Path.Combine(folder, "validation", "answers.npy"), Floats("val"));
                Npy(Path.Combine(folder, "truth.npy"), Labels("test"));
                return
                [
                    Saved(path, [new("answers", Floats("test"))]),
                    "--labels",
                    Path.Combine(folder, "truth.npy"),
                    "--validation",
                    Saved(path + "-validation", [new("answers", Floats("val")), new("labels", Labels("val"))]),
                ];
            case "folder of npy":
                foreach (string part in Parts)
                {
                    Npy(Path.Combine(path, part, "labels.npy"), Labels(part));
                    for (int c = 0; c < archive.Test.Clients; c++)
                        Npy(Path.Combine(path, part, $"client{c}.npy"), Client(part, c));
                }
                return [path];
            case "list of npy":
                return
                [
                    .. Parts.SelectMany(part =>
                        Enumerable
                            .Range(0, archive.Test.Clients)
                            .Select(c => Npy(Path.Combine(path, $"{part}_{c}.npy"), Client(part, c)))
                            .Append(Npy(Path.Combine(path, $"{part}_labels.npy"), Labels(part)))
                    ),
                ];
            case "safetensors":
                Safetensors.Write(
                    path + ".safetensors",
                    Parts
                        .SelectMany(part =>
                            new[]
                            {
                                ($"{part}_logits", Shape(part), Of(part).Logits.Floats().ToArray()),
                                (
                                    $"{part}_labels",
                                    [Of(part).Samples],
                                    [.. Of(part).Labels.Integers().Select(y => (float)y)]
                                ),
                            }
                        )
                        .ToDictionary(entry => entry.Item1, entry => new NamedTensor(entry.Item2, entry.Item3)),
                    new Dictionary<string, string>()
                );
                return [path + ".safetensors"];
            case "pth":
                return [Pth(path + ".pth")];
            case "wide csv":
                return [Put(path + ".csv", Wide(',', '.'))];
            case "wide csv with semicolons and decimal commas":
                return [Put(path + ".csv", Wide(';', ','))];
            case "long csv":
                return [Put(path + ".csv", Long())];
            case "long csv with a column a class":
                return [Put(path + ".csv", LongOfRows())];
            case "folder of csv":
                foreach (string part in Parts)
                    for (int c = 0; c < archive.Test.Clients; c++)
                        Put(Path.Combine(path, $"{part}_{c}.csv"), OfClient(part, c));
                return [path];
            case "wide parquet":
                return [Parquet(Put(path + ".csv", Wide(',', '.')), path + ".parquet")];
            case "long parquet":
                return [Parquet(Put(path + ".csv", Long()), path + ".parquet")];
            default:
                throw new ArgumentException($"no form is called {form}");
        }
    }

    ProbitSet Of(string part) => part == "val" ? archive.Validation! : archive.Test;

    long[] Shape(string part) => Of(part).Logits.shape;

    NumpyArray Floats(string part) => NumpyArray.Float32(Of(part).Logits.Floats(), Shape(part));

    NumpyArray Labels(string part, int from = 0) =>
        NumpyArray.Int64([.. Of(part).Labels.Integers().Select(y => y + from)], Of(part).Samples);

    NumpyArray Turned(string part, params long[] axes)
    {
        using var turned = Of(part).Logits.permute(axes).contiguous();
        return NumpyArray.Float32(turned.Floats(), turned.shape);
    }

    NumpyArray Client(string part, int client)
    {
        using var own = Of(part).Logits.select(1, client).contiguous();
        return NumpyArray.Float32(own.Floats(), own.shape);
    }

    NumpyArray OneHot(string part)
    {
        long[] labels = Of(part).Labels.Integers();
        int classes = Of(part).Classes;
        var rows = new long[labels.Length * classes];
        for (int s = 0; s < labels.Length; s++)
            rows[s * classes + labels[s]] = 1;
        return NumpyArray.Int64(rows, labels.Length, classes);
    }

    static string[] Npz(string path, Func<string, (string, NumpyArray, string, NumpyArray)> part) =>
        [
            Saved(
                path,
                Parts.SelectMany(name =>
                {
                    var (answers, floats, labels, integers) = part(name);
                    return new[] { KeyValuePair.Create(answers, floats), KeyValuePair.Create(labels, integers) };
                })
            ),
        ];

    static string Saved(string path, IEnumerable<KeyValuePair<string, NumpyArray>> arrays)
    {
        global::RobustInference.Files.Npz.Write(path + ".npz", arrays);
        return path + ".npz";
    }

    static string Npy(string path, NumpyArray array)
    {
        AtomicFile.Write(path, array.Write);
        return path;
    }

    static string Put(string path, string text)
    {
        AtomicFile.WriteText(path, text);
        return path;
    }

    string Pth(string path)
    {
        var tensors = new List<(string, byte[])>();
        var storages = new List<(string, byte[])>();
        foreach (string part in Parts)
        {
            Add($"{part}_logits", Shape(part), "FloatStorage", Floats(part).Data, 4);
            Add($"{part}_labels", [Of(part).Samples], "LongStorage", Labels(part).Data, 8);
        }
        File.WriteAllBytes(
            path,
            NumpyBytes.Zip([("a/data.pkl", PickleBytes.Program(PickleBytes.Dictionary([.. tensors]))), .. storages])
        );
        return path;

        void Add(string name, long[] shape, string type, byte[] data, int itemBytes)
        {
            string key = $"{storages.Count}";
            storages.Add(($"a/data/{key}", data));
            tensors.Add(
                (
                    name,
                    PickleBytes.Tensor(
                        PickleBytes.Storage(key, data.Length / itemBytes, type),
                        0,
                        shape,
                        StoredTensor.RowMajor(shape)
                    )
                )
            );
        }
    }

    string Wide(char separator, char point)
    {
        var text = new StringBuilder("sample,split,label");
        for (int c = 0; c < archive.Test.Clients; c++)
        for (int k = 0; k < archive.Test.Classes; k++)
            text.Append($",client{c}_{k}");
        text.Replace(',', separator).Append('\n');
        foreach (string part in Parts)
        {
            var (values, labels) = (Of(part).Logits.Floats().ToArray(), Of(part).Labels.Integers());
            int width = values.Length / labels.Length;
            for (int s = 0; s < labels.Length; s++)
            {
                text.Append(s).Append(separator).Append(part).Append(separator).Append(labels[s]);
                for (int i = 0; i < width; i++)
                    text.Append(separator).Append(Number(values[s * width + i]).Replace('.', point));
                text.Append('\n');
            }
        }
        return text.ToString();
    }

    string Long()
    {
        var text = new StringBuilder("sample,split,client,class,logit,label\n");
        foreach (string part in Parts)
        {
            var (values, labels) = (Of(part).Logits.Floats().ToArray(), Of(part).Labels.Integers());
            int at = 0;
            for (int s = 0; s < labels.Length; s++)
            for (int c = 0; c < archive.Test.Clients; c++)
            for (int k = 0; k < archive.Test.Classes; k++)
                text.Append(CultureInfo.InvariantCulture, $"{s},{part},{c},{k},{Number(values[at++])},{labels[s]}\n");
        }
        return text.ToString();
    }

    string LongOfRows()
    {
        int classes = archive.Test.Classes;
        var text = new StringBuilder(
            "sample,split,client,label," + string.Join(',', Enumerable.Range(0, classes)) + "\n"
        );
        foreach (string part in Parts)
        {
            var (values, labels) = (Of(part).Logits.Floats().ToArray(), Of(part).Labels.Integers());
            var rows = values.Chunk(classes).ToArray();
            for (int s = 0; s < labels.Length; s++)
            for (int c = 0; c < archive.Test.Clients; c++)
                text.Append(CultureInfo.InvariantCulture, $"{s},{part},{c},{labels[s]},")
                    .AppendJoin(',', rows[s * archive.Test.Clients + c].Select(Number))
                    .Append('\n');
        }
        return text.ToString();
    }

    string OfClient(string part, int client)
    {
        int classes = archive.Test.Classes,
            clients = archive.Test.Clients;
        var text = new StringBuilder("label," + string.Join(',', Enumerable.Range(0, classes)) + "\n");
        var (values, labels) = (Of(part).Logits.Floats().ToArray(), Of(part).Labels.Integers());
        for (int s = 0; s < labels.Length; s++)
        {
            text.Append(labels[s]);
            for (int k = 0; k < classes; k++)
                text.Append(',').Append(Number(values[(s * clients + client) * classes + k]));
            text.Append('\n');
        }
        return text.ToString();
    }

    static string Number(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    static string Parquet(string csv, string path)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"copy (from read_csv('{csv}')) to '{path}' (format parquet)";
        command.ExecuteNonQuery();
        File.Delete(csv);
        return path;
    }
}
