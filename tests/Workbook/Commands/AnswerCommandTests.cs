using System.Runtime.InteropServices;
using System.Text.Json;
using Google.Protobuf;
using RobustInference.Files;
using Tests.RobustInference.Clients;
using Workbook.Onnx.Format;
using static Workbook.Onnx.Format.TensorProto.Types;

namespace Tests.Workbook.Commands;

/// <summary>Client models as ONNX files, written here node by node.</summary>
public sealed class AnswerCommandTests : IDisposable
{
    const int Samples = 10,
        Size = 6,
        Classes = 3;

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Answers_are_those_of_the_models_and_what_fails_is_absent()
    {
        float[] values = Data();
        long[] labels = [.. Enumerable.Range(0, Samples).Select(s => (long)(s % Classes))];
        Npy("y.npy", NumpyArray.Int64(labels, Samples));
        Write("north.onnx", Linear(seed: 1));
        Write("south.onnx", Linear(seed: 2, batch: 4));
        Write("broken.onnx", Failing());
        Write("odd.onnx", NotFinite());
        var result = Run("--labels", folder.File("y.npy"), "--batch", "3", "--json");
        Assert.True(result.ExitCode == 0, result.Error);

        // In the order of their names: broken, north, odd, south.
        using var document = JsonDocument.Parse(result.Output);
        var rows = document.RootElement.GetProperty("rows").EnumerateArray().ToArray();
        Assert.Equal(["broken", "north", "odd", "south"], rows.Select(row => row.GetProperty("name").GetString()));
        Assert.Equal([Samples, 0, 5, 0], rows.Select(row => row.GetProperty("absent").GetInt32()));
        Assert.Equal("logits", document.RootElement.GetProperty("answers").GetString());
        string[] said = result.Error.Split('\n');
        Assert.Contains("absent for 10 of 10 samples", Assert.Single(said, line => line.Contains("broken.onnx: ")));
        Assert.Contains(
            "absent for 5 of 10 samples (5 answers hold numbers that are not finite)",
            Assert.Single(said, line => line.Contains("odd.onnx: "))
        );

        var arrays = Npz.Read(folder.File("mine.npz"), "test_logits", "test_labels", "client_names");
        Assert.Equal([Samples, 4, Classes], arrays["test_logits"].Shape);
        Assert.Equal(labels, arrays["test_labels"].ToIntegers());
        Assert.Equal(["broken", "north", "odd", "south"], arrays["client_names"].ToTexts());
        float[] got = arrays["test_logits"].ToFloats();
        for (int s = 0; s < Samples; s++)
        {
            float[] Row(int client) => got[((s * 4 + client) * Classes)..((s * 4 + client + 1) * Classes)];
            Assert.All(Row(0), value => Assert.True(float.IsNaN(value)));
            Assert.Equal(Expected(values, s, 1), Row(1), (a, b) => Math.Abs(a - b) < 1e-4);
            Assert.Equal(values[s * Size] < 0, float.IsNaN(Row(2)[0]));
            Assert.Equal(Expected(values, s, 2), Row(3), (a, b) => Math.Abs(a - b) < 1e-4);
        }

        // And the file goes on its way: an absent client is a corrupted one.
        var applied = WorkbookProcess.Run("aggregator", "apply", "CWMed", folder.File("mine.npz"), "--corrupted", "1");
        Assert.True(applied.ExitCode == 0, applied.Error);
        Assert.Equal(Samples + 1, applied.Output.TrimEnd('\n').Split('\n').Length);
    }

    [Fact]
    public void Where_one_model_gives_probabilities_all_are_written_as_such()
    {
        float[] values = Data();
        Write("a.onnx", Linear(seed: 1));
        Write("b.onnx", Linear(seed: 2, softmax: true));
        var result = Run();
        Assert.True(result.ExitCode == 0, result.Error);
        var arrays = Npz.Read(folder.File("mine.npz"), "test_probits", "test_labels");
        Assert.False(arrays.ContainsKey("test_labels"));
        float[] got = arrays["test_probits"].ToFloats();
        for (int s = 0; s < Samples; s++)
        for (int client = 0; client < 2; client++)
        {
            double[] powers = [.. Expected(values, s, client + 1).Select(value => Math.Exp(value))];
            for (int k = 0; k < Classes; k++)
                Assert.Equal(powers[k] / powers.Sum(), got[(s * 2 + client) * Classes + k], 1e-5);
        }
    }

    [Fact]
    public void A_model_that_does_not_end_is_absent_after_its_deadline()
    {
        Data();
        Write("a.onnx", Linear(seed: 1));
        Write("slow.onnx", Endless());
        var result = Run("--deadline", "1");
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("slow.onnx: absent for 10 of 10 samples (0 of 10 samples answered within 1 s)", result.Error);
        float[] got = Npz.Read(folder.File("mine.npz"), "test_logits")["test_logits"].ToFloats();
        Assert.Equal(Samples * Classes, got.Count(float.IsNaN));
    }

    [Fact]
    public void Images_come_as_the_trainings_have_them()
    {
        TinyCifar.Write(folder.Path, test: 20);
        Write("mean.onnx", MeanOfChannels());
        var result = WorkbookProcess.Run(
            "clients",
            "answer",
            "--models",
            folder.File("mean.onnx"),
            "--data",
            folder.Path,
            "--out",
            folder.File("mine.npz")
        );
        Assert.True(result.ExitCode == 0, result.Error);
        var test = TinyCifar.Images(test: 20).Test;
        var arrays = Npz.Read(folder.File("mine.npz"), "test_logits", "test_labels");
        float[] got = arrays["test_logits"].ToFloats();
        Assert.Equal(test.Labels.Select(label => (long)label), arrays["test_labels"].ToIntegers());
        for (int s = 0; s < 20; s++)
        for (int c = 0; c < 3; c++)
        {
            byte[] plane = test.Image(s).Slice(c * 1024, 1024).ToArray();
            Assert.Equal(plane.Average(pixel => (pixel / 255.0 - 0.5) / 0.5), got[s * 10 + c], 1e-4);
        }
    }

    [Fact]
    public void What_cannot_work_is_one_line_before_any_model_answers()
    {
        Data();
        Write("a.onnx", Linear(seed: 1));
        Write("wide.onnx", Linear(seed: 1, size: Size + 1));
        File.WriteAllText(folder.File("text.onnx"), "not a model");
        Npy("short.npy", NumpyArray.Int64([0, 1], 2));
        string good = folder.File("a.onnx");
        Refused("wide.onnx: input x takes (?, 7), and ", [folder.File("wide.onnx")]);
        Refused("text.onnx: is not a model that ONNX Runtime reads", [folder.File("text.onnx")]);
        Refused("none.onnx: there is no such file", [good, folder.File("none.onnx")]);
        Npy("high.npy", NumpyArray.Int64([.. Enumerable.Repeat(3L, Samples)], Samples));
        Refused("label 3 is there, and a.onnx knows 3 classes", [good], "--labels", folder.File("high.npy"));
        Refused("short.npy: 2 labels, but ", [good], "--labels", folder.File("short.npy"));
        Directory.CreateDirectory(folder.File("empty"));
        Refused("no .onnx file is there", [folder.File("empty")]);
        Assert.False(File.Exists(folder.File("mine.npz")));

        void Refused(string message, string[] models, params string[] more)
        {
            var result = WorkbookProcess.Run([
                "clients",
                "answer",
                "--models",
                .. models,
                "--data",
                folder.File("x.npy"),
                "--out",
                folder.File("mine.npz"),
                .. more,
            ]);
            Assert.Equal((2, ""), (result.ExitCode, result.Output));
            Assert.Contains(message, Assert.Single(result.Error.TrimEnd('\n').Split('\n')));
        }
    }

    WorkbookProcess.Result Run(params string[] more) =>
        WorkbookProcess.Run([
            "clients",
            "answer",
            "--models",
            folder.Path,
            "--data",
            folder.File("x.npy"),
            "--out",
            folder.File("mine.npz"),
            .. more,
        ]);

    // The first number of every other sample is negative.
    float[] Data()
    {
        var random = new Random(3);
        float[] values = [.. Enumerable.Range(0, Samples * Size).Select(_ => (float)random.NextDouble() + 0.1f)];
        for (int s = 1; s < Samples; s += 2)
            values[s * Size] = -1;
        Npy("x.npy", NumpyArray.Float32(values, Samples, Size));
        return values;
    }

    void Npy(string name, NumpyArray array)
    {
        using var file = File.Create(folder.File(name));
        array.Write(file);
    }

    void Write(string name, GraphProto graph)
    {
        var model = new ModelProto { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = 17 });
        File.WriteAllBytes(folder.File(name), model.ToByteArray());
    }

    static float[] Weights(int seed, int size) =>
        [.. Enumerable.Range(0, size * Classes).Select(i => MathF.Sin(seed * (i + 1)))];

    static float[] Expected(float[] values, int sample, int seed)
    {
        float[] weights = Weights(seed, Size);
        return
        [
            .. Enumerable
                .Range(0, Classes)
                .Select(k => Enumerable.Range(0, Size).Sum(j => values[sample * Size + j] * weights[j * Classes + k])),
        ];
    }

    static GraphProto Linear(int seed, int? batch = null, bool softmax = false, int size = Size)
    {
        var graph = Graph([batch, size], [batch, Classes]);
        Constant(graph, "w", Weights(seed, size), size, Classes);
        Node(graph, "MatMul", ["x", "w"], softmax ? "logits" : "y");
        if (softmax)
            Node(graph, "Softmax", ["logits"], "y");
        return graph;
    }

    // Twelve numbers a pair of samples are no whole number of rows of 7.
    static GraphProto Failing()
    {
        var graph = Graph([null, Size], [null, Classes]);
        Constant(graph, "shape", [-1L, 7L], 2);
        Node(graph, "Reshape", ["x", "shape"], "z");
        Constant(graph, "w", Weights(1, 7), 7, Classes);
        Node(graph, "MatMul", ["z", "w"], "y");
        return graph;
    }

    // The square root of a negative number is none.
    static GraphProto NotFinite()
    {
        var graph = Graph([null, Size], [null, Classes]);
        Node(graph, "Sqrt", ["x"], "z");
        Constant(graph, "w", Weights(3, Size), Size, Classes);
        Node(graph, "MatMul", ["z", "w"], "y");
        return graph;
    }

    static GraphProto MeanOfChannels()
    {
        var graph = Graph([null, 3, 32, 32], [null, 10]);
        var node = Node(graph, "ReduceMean", ["x"], "means");
        Constant(graph, "w", [.. Enumerable.Range(0, 30).Select(i => i / 10 == i % 10 ? 1f : 0)], 3, 10);
        Node(graph, "MatMul", ["means", "w"], "y");
        var axes = new AttributeProto { Name = "axes", Type = AttributeProto.Types.AttributeType.Ints };
        axes.Ints.AddRange([2, 3]);
        node.Attribute.Add(axes);
        node.Attribute.Add(
            new AttributeProto
            {
                Name = "keepdims",
                Type = AttributeProto.Types.AttributeType.Int,
                I = 0,
            }
        );
        return graph;
    }

    // A loop of 2⁶² turns.
    static GraphProto Endless()
    {
        var graph = Graph([null, Size], [null, Classes]);
        Constant(graph, "turns", [1L << 62]);
        var body = new GraphProto { Name = "body" };
        body.Input.Add(Value("turn", DataType.Int64, []));
        body.Input.Add(Value("go", DataType.Bool, []));
        body.Input.Add(Value("before", DataType.Float, [null, Size]));
        Node(body, "Identity", ["go"], "on");
        Node(body, "Neg", ["before"], "after");
        body.Output.Add(Value("on", DataType.Bool, []));
        body.Output.Add(Value("after", DataType.Float, [null, Size]));
        var loop = Node(graph, "Loop", ["turns", "", "x"], "z");
        loop.Attribute.Add(
            new AttributeProto
            {
                Name = "body",
                Type = AttributeProto.Types.AttributeType.Graph,
                G = body,
            }
        );
        Constant(graph, "w", Weights(1, Size), Size, Classes);
        Node(graph, "MatMul", ["z", "w"], "y");
        return graph;
    }

    static GraphProto Graph(int?[] input, int?[] output)
    {
        var graph = new GraphProto { Name = "client" };
        graph.Input.Add(Value("x", DataType.Float, input));
        graph.Output.Add(Value("y", DataType.Float, output));
        return graph;
    }

    static ValueInfoProto Value(string name, DataType type, int?[] axes)
    {
        var shape = new TensorShapeProto();
        foreach (int? axis in axes)
            shape.Dim.Add(
                axis is { } length
                    ? new TensorShapeProto.Types.Dimension { DimValue = length }
                    : new TensorShapeProto.Types.Dimension { DimParam = "samples" }
            );
        return new()
        {
            Name = name,
            Type = new()
            {
                TensorType = new() { ElemType = (int)type, Shape = shape },
            },
        };
    }

    static NodeProto Node(GraphProto graph, string type, string[] inputs, string output)
    {
        var node = new NodeProto { OpType = type };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        graph.Node.Add(node);
        return node;
    }

    static void Constant<T>(GraphProto graph, string name, T[] values, params long[] shape)
        where T : struct
    {
        var tensor = new TensorProto
        {
            Name = name,
            DataType = (int)(typeof(T) == typeof(long) ? DataType.Int64 : DataType.Float),
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())),
        };
        tensor.Dims.AddRange(shape);
        graph.Initializer.Add(tensor);
    }
}
