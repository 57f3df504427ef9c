using System.Globalization;
using RobustInference.Files;
using RobustInference.Inputs;
using Tests.RobustInference.Files;

namespace Tests.RobustInference.Tabular;

/// <summary>An input that is broken or suspicious, and what the one line about it has to name.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Says">Words of the line.</param>
/// <param name="Write">Writes it into a folder and gives the paths.</param>
/// <param name="Options">What the user says of it.</param>
sealed record BrokenInput(string Name, string[] Says, Func<string, string[]> Write, InputOptions? Options = null)
{
    public override string ToString() => Name;
}

/// <summary>Ways to get an input wrong, beside those of the documented form.</summary>
static class BrokenInputs
{
    const int Samples = 600,
        Clients = 3,
        Classes = 4;

    public static TheoryData<string> Names => [.. All.Select(input => input.Name)];

    public static BrokenInput Named(string name) => All.Single(input => input.Name == name);

    public static IReadOnlyList<BrokenInput> All { get; } =
    [
        // Files and arrays.
        new("no such file", ["nowhere.npz", "check the path"], folder => [Path.Combine(folder, "nowhere.npz")]),
        new("empty folder", ["no file of answers", ".npz"], folder => [folder]),
        new("unknown ending", ["a.xlsx", ".csv"], folder => [Text(folder, "a.xlsx", "x")]),
        new(
            "text as npy",
            ["a.npy", "not a NumPy array", "numpy.save"],
            folder => [Text(folder, "a.npy", "1,2,3\n4,5,6\n")]
        ),
        new(
            "npy cut off",
            ["a.npy", "says it holds", "write it again"],
            folder => [Cut(folder, "a.npy"), Text(folder, "labels.csv", "label\n0\n1\n")]
        ),
        new("text as Parquet", ["a.parquet", "no Parquet file"], folder => [Text(folder, "a.parquet", "a,b\n1,2\n")]),
        new("text as tensors", ["a.safetensors"], folder => [Text(folder, "a.safetensors", "hello, tensors!")]),
        new(
            "two candidates",
            ["first and second", "--probits"],
            folder => Npz(folder, ("first", Answers()), ("second", Answers()), ("labels", Labels()))
        ),
        new(
            "no array of that name",
            ["'answers'", "--probits", "first"],
            folder => Npz(folder, ("first", Answers()), ("y", Labels())),
            new() { Probits = "answers" }
        ),
        new("no labels", ["labels", "--labels"], folder => Npz(folder, ("first", Answers()))),
        new(
            "clients of different shapes",
            ["one shape", "same samples"],
            folder =>
                Npz(
                    folder,
                    ("a", NumpyArray.Float32(new float[12], 3, 4)),
                    ("b", NumpyArray.Float32(new float[15], 3, 5)),
                    ("y", NumpyArray.Int64([0, 1, 2], 3))
                )
        ),
        new(
            "axes that name nothing",
            ["--axes", "clients,samples,classes"],
            folder => Npz(folder, ("p", Answers()), ("y", Labels())),
            new() { Axes = "rows,columns" }
        ),
        // What contradicts itself.
        new(
            "logits that are probabilities",
            ["logits", "softmaxed again", "--logits"],
            folder => Npz(folder, ("logits", Answers()), ("labels", Labels()))
        ),
        new(
            "probits that are logits",
            ["probits", "no probabilities", "--logits"],
            folder => Npz(folder, ("probits", Answers(shift: 3)), ("labels", Labels()))
        ),
        new(
            "labels with halves",
            ["labels", "sample 1", "no whole number"],
            folder => Npz(folder, ("probits", Answers()), ("labels", Array(s => s == 1 ? 0.5f : s % Classes)))
        ),
        new(
            "too few names of labels",
            ["3 names for 4 classes", "class_names"],
            folder => Npz(folder, ("probits", Answers()), ("labels", Words(s => "abc"[s % 3].ToString())))
        ),
        new(
            "a label that no class has",
            ["no class is called 'fish'", "sample 7"],
            folder =>
                Npz(
                    folder,
                    ("probits", Answers()),
                    ("labels", Words(s => s == 7 ? "fish" : "abcd"[s % 4].ToString())),
                    ("class_names", NumpyArray.Text(["a", "b", "c", "d"], 4))
                )
        ),
        new(
            "one-hot rows with two ones",
            ["row 0", "one-hot"],
            folder =>
                Npz(
                    folder,
                    ("probits", Answers()),
                    ("labels", NumpyArray.Int64([.. Enumerable.Repeat(1L, Samples * Classes)], Samples, Classes))
                )
        ),
        new(
            "a split of what is split",
            ["validation part already", "--split"],
            folder =>
                Npz(
                    folder,
                    ("test_probits", Answers()),
                    ("test_labels", Labels()),
                    ("val_probits", Answers(seed: 2)),
                    ("val_labels", Labels())
                ),
            new() { Split = 0.5 }
        ),
        // Tables.
        new("empty table", ["a.csv", "empty"], folder => [Text(folder, "a.csv", "")]),
        new("header alone", ["a.csv", "no rows"], folder => [Text(folder, "a.csv", "label,a_0,a_1,b_0,b_1\n")]),
        new(
            "no header",
            ["a.csv", "first line", "header"],
            folder => [Text(folder, "a.csv", "0,0.5,0.5\n1,0.2,0.8\n")]
        ),
        new(
            "word in a number",
            ["line 3", "column b_1", "'much'", "point"],
            folder => [Text(folder, "a.csv", "label,a_0,a_1,b_0,b_1\n0,0.5,0.5,0.25,0.75\n1,0.5,0.5,0.25,much\n")]
        ),
        new(
            "decimal comma",
            ["line 2", "fields", "point"],
            folder => [Text(folder, "a.csv", "label,a_0,a_1,b_0,b_1\n0,0,5,0,5,0,25,0,75\n")]
        ),
        new(
            "row cut short",
            ["line 3", "fields"],
            folder => [Text(folder, "a.csv", "label,a_0,a_1,b_0,b_1\n0,0.5,0.5,0.25,0.75\n1,0.5,0.5\n")]
        ),
        new(
            "empty field",
            ["line 2", "column a_1", "empty", "fill"],
            folder => [Text(folder, "a.csv", "label,a_0,a_1,b_0,b_1\n0,0.5,,0.25,0.75\n")]
        ),
        new(
            "column twice",
            ["'a_0'", "twice", "rename"],
            folder => [Text(folder, "a.csv", "label,a_0,a_0,b_0,b_1\n0,0.5,0.5,0.25,0.75\n")]
        ),
        new(
            "no grid",
            ["no grid", "CLIENT_CLASS"],
            folder => [Text(folder, "a.csv", "label,a_0,a_1,b_0\n0,0.5,0.5,0.25\n")]
        ),
        new(
            "table without labels",
            ["labels", "--labels"],
            folder => [Text(folder, "a.csv", "a_0,a_1,b_0,b_1\n0.5,0.5,0.25,0.75\n")]
        ),
        new(
            "long table without its values",
            ["none for the probability", "--probits"],
            folder => [Text(folder, "a.csv", "sample,client,class,label\n0,a,0,0\n")]
        ),
        new(
            "a row of a long table twice",
            ["sample 0, client a, class 1", "twice"],
            folder =>
                [
                    Text(
                        folder,
                        "a.csv",
                        "sample,client,class,probability,label\n0,a,0,0.5,0\n0,a,1,0.5,0\n0,a,1,0.5,0\n"
                    ),
                ]
        ),
        new(
            "a row of a long table missing",
            ["sample 0, client b, class 1", "add the row"],
            folder =>
                [
                    Text(
                        folder,
                        "a.csv",
                        "sample,client,class,probability,label\n0,a,0,0.5,0\n0,a,1,0.5,0\n0,b,0,0.5,0\n"
                    ),
                ]
        ),
        new(
            "a field of a long table with a column a class missing",
            ["sample 0, client b, class dog", "fill it in"],
            folder => [Text(folder, "a.csv", "sample,client,cat,dog,label\n0,a,0.5,0.5,0\n0,b,0.5,,0\n")]
        ),
        new(
            "a row of a long table with a column a class twice",
            ["sample 0, client a is", "twice"],
            folder => [Text(folder, "a.csv", "sample,client,cat,dog,label\n0,a,0.5,0.5,0\n0,a,0.4,0.6,0\n")]
        ),
        new(
            "a word in a long table with a column a class",
            ["line 2, column dog", "'half'", "no number"],
            folder => [Text(folder, "a.csv", "sample,client,cat,dog,label\n0,a,0.5,half,0\n")]
        ),
        new(
            "a stray column in a long table with a column a class",
            ["seconds is no class", "leave that column out"],
            folder =>
                [
                    Text(
                        folder,
                        "a.csv",
                        "sample,client,cat,dog,seconds,label\n"
                            + "0,a,0.5,0.5,3,0\n0,b,0.25,0.75,4,0\n1,a,1,0,2,1\n1,b,0,1,5,1\n"
                    ),
                ]
        ),
        new(
            "stray columns of large numbers before the classes",
            ["time, tokens are no classes", "leave those columns out"],
            folder =>
                [
                    Text(
                        folder,
                        "a.csv",
                        "sample,client,time,tokens,cat,dog,label\n"
                            + "0,a,1795826200,12000,0.3,0.7,0\n0,b,1795826201,1,0.25,0.75,0\n"
                    ),
                ]
        ),
        new(
            "a stray column of shares",
            ["entropy is no class", "leave that column out"],
            folder =>
                [Text(folder, "a.csv", "sample,client,cat,dog,entropy,label\n0,a,0.3,0.7,0.5,0\n0,b,0.25,0.75,0.6,0\n")]
        ),
        new(
            "votes beside a column a class",
            ["column prediction", "columns cat, dog", "leave one or the other out"],
            folder =>
                [
                    Text(
                        folder,
                        "a.csv",
                        "sample,client,cat,dog,prediction,label\n0,a,0.5,0.5,cat,dog\n0,b,0.25,0.75,dog,dog\n"
                    ),
                ]
        ),
        new(
            "one of several files with a column of clients and a column a class",
            ["a.csv", "several files", "column client"],
            folder =>
                [
                    Text(folder, "a.csv", "sample,client,cat,dog,label\n0,a,0.5,0.5,0\n"),
                    Text(folder, "b.csv", "sample,client,cat,dog,label\n0,b,0.5,0.5,0\n"),
                ]
        ),
        new(
            "several labels of a sample",
            ["sample 0", "several labels"],
            folder => [Text(folder, "a.csv", "sample,client,class,probability,label\n0,a,0,0.5,0\n0,a,1,0.5,1\n")]
        ),
        new(
            "part of no name",
            ["line 2", "column split", "'blue'", "validation"],
            folder => [Text(folder, "a.csv", "split,label,a_0,a_1,b_0,b_1\nblue,0,0.5,0.5,0.25,0.75\n")]
        ),
        new(
            "sample twice",
            ["line 3", "sample 7", "twice"],
            folder =>
                [Text(folder, "a.csv", "sample,label,a_0,a_1,b_0,b_1\n7,0,0.5,0.5,0.5,0.5\n7,0,0.5,0.5,0.5,0.5\n")]
        ),
        // What can be read, and is suspicious.
        new("few samples", ["test samples", "500"], folder => Npz(folder, Sound(100))),
        new(
            "a class that never occurs",
            ["test labels", "1 of 4 classes", "3"],
            folder => Npz(folder, ("probits", Answers(truth: s => s % 3)), ("labels", Array(s => s % 3)))
        ),
        new(
            "labels that may count from 1",
            ["labels", "class 0 of 4", "--labels-from 1"],
            folder => Npz(folder, ("probits", Answers(truth: s => 1 + s % 2)), ("labels", Array(s => 1 + s % 2)))
        ),
        new(
            "masked logits",
            ["test answers", "masks", "before masking"],
            folder => Npz(folder, ("logits", Masked()), ("labels", Labels()))
        ),
        new(
            "decisions instead of probabilities",
            ["test answers", "exactly 1"],
            folder => Npz(folder, ("probits", Answers(hard: true)), ("labels", Labels()))
        ),
        new(
            "a client twice",
            ["clients 0 and 2", "same answers", "keep one"],
            folder => Npz(folder, ("probits", Answers(copy: true)), ("labels", Labels()))
        ),
        new(
            "a client at chance",
            ["client 1", "guessing", "order of its classes"],
            folder => Npz(folder, ("probits", Answers(guesses: 1)), ("labels", Labels()))
        ),
        new(
            "test samples in the validation part",
            ["600 of 600", "validation part", "take them out"],
            folder =>
                Npz(
                    folder,
                    ("test_probits", Answers()),
                    ("test_labels", Labels()),
                    ("val_probits", Answers()),
                    ("val_labels", Labels())
                )
        ),
    ];

    static NumpyArray Answers(
        int seed = 1,
        float shift = 0,
        bool hard = false,
        bool copy = false,
        int guesses = -1,
        Func<int, int>? truth = null
    )
    {
        var random = new Random(seed);
        var values = new float[Samples * Clients * Classes];
        for (int at = 0; at < values.Length; at += Classes)
        {
            int client = at / Classes % Clients,
                sample = at / Classes / Clients,
                says = client == guesses
                    ? random.Next(Classes)
                    : ((truth?.Invoke(sample) ?? sample) + (random.Next(4) == 0 ? 1 : 0)) % Classes;
            var row = values.AsSpan(at, Classes);
            float rest = hard ? 0 : 0.05f + 0.1f * random.NextSingle();
            row.Fill(rest + shift);
            row[says] = 1 - rest * (Classes - 1) + shift;
            if (copy && client == 2)
                values.AsSpan(at - 2 * Classes, Classes).CopyTo(row);
        }
        return NumpyArray.Float32(values, Samples, Clients, Classes);
    }

    static NumpyArray Masked()
    {
        float[] values = Answers(shift: 2).ToFloats();
        for (int at = 0; at < values.Length; at += 40)
            values[at + (at / Classes / Clients % Classes == 0 ? 1 : 0)] = -1e9f;
        return NumpyArray.Float32(values, Samples, Clients, Classes);
    }

    static NumpyArray Labels() =>
        NumpyArray.Int64([.. Enumerable.Range(0, Samples).Select(s => (long)(s % Classes))], Samples);

    static NumpyArray Array(Func<int, float> label) =>
        NumpyArray.Float32([.. Enumerable.Range(0, Samples).Select(label)], Samples);

    static NumpyArray Words(Func<int, string> label) =>
        NumpyArray.Text([.. Enumerable.Range(0, Samples).Select(label)], Samples);

    static (string, NumpyArray)[] Sound(int samples)
    {
        float[] values = Answers().ToFloats()[..(samples * Clients * Classes)];
        return
        [
            ("probits", NumpyArray.Float32(values, samples, Clients, Classes)),
            ("labels", NumpyArray.Int64([.. Enumerable.Range(0, samples).Select(s => (long)(s % Classes))], samples)),
        ];
    }

    static string[] Npz(string folder, params (string Name, NumpyArray Array)[] arrays)
    {
        string path = Path.Combine(folder, "a.npz");
        global::RobustInference.Files.Npz.Write(
            path,
            arrays.Select(entry => KeyValuePair.Create(entry.Name, entry.Array))
        );
        return [path];
    }

    static string Text(string folder, string name, string text)
    {
        string path = Path.Combine(folder, name);
        AtomicFile.WriteText(path, text);
        return path;
    }

    static string Cut(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllBytes(path, NumpyBytes.Floats("(6, 5, 3)", new float[90])[..200]);
        return path;
    }
}
