using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Workbook.Models;

/// <summary>A client's model as an ONNX file, in ONNX Runtime on one thread.</summary>
public sealed class OnnxModel : IDisposable
{
    static readonly string[] OutputNames = ["logits", "probits", "probabilities", "scores", "output"];

    readonly InferenceSession session;
    readonly string input,
        output;
    readonly bool isDouble;
    readonly long[] sampleShape;
    readonly int? fixedBatch;

    /// <summary>Opens a model and holds its input and output against the samples.</summary>
    /// <param name="path">The <c>.onnx</c> file.</param>
    /// <param name="inputs">What it is to answer.</param>
    /// <exception cref="InvalidDataException">Not such a model, or one for other inputs: one line that says
    /// which.</exception>
    public OnnxModel(string path, ModelInputs inputs)
    {
        Path = path;
        sampleShape = inputs.Shape[1..];
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: there is no such file");
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        try
        {
            session = new InferenceSession(path, options);
        }
        catch (OnnxRuntimeException error)
        {
            throw new InvalidDataException($"{path}: is not a model that ONNX Runtime reads: {Line(error)}", error);
        }
        try
        {
            (input, isDouble, fixedBatch) = Input(inputs);
            (output, Classes) = Output();
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>K where the file says it; otherwise null.</summary>
    public int? Classes { get; }

    /// <summary>How many samples it takes at once; null for any number.</summary>
    public int? FixedBatch => fixedBatch;

    /// <summary>The outputs for some samples.</summary>
    /// <param name="values">Their numbers.</param>
    /// <param name="count">How many samples.</param>
    /// <param name="options">Ends the run when it is told to.</param>
    /// <returns>[count, K].</returns>
    /// <exception cref="InvalidDataException">The model fails, or gives another shape.</exception>
    public (float[] Values, int Classes) Answer(ReadOnlySpan<float> values, int count, RunOptions options)
    {
        // A model of a fixed batch gets what is missing as zeros, and their answers are dropped.
        int batch = fixedBatch ?? count;
        int[] shape = [batch, .. sampleShape.Select(length => (int)length)];
        var padded = new float[values.Length / count * batch];
        values.CopyTo(padded);
        var given = isDouble
            ? NamedOnnxValue.CreateFromTensor(
                input,
                new DenseTensor<double>(Array.ConvertAll(padded, value => (double)value), shape)
            )
            : NamedOnnxValue.CreateFromTensor(input, new DenseTensor<float>(padded, shape));
        try
        {
            using var results = session.Run([given], [output], options);
            float[] answers = results[0].Value switch
            {
                Tensor<float> floats => [.. floats],
                Tensor<double> doubles => [.. doubles.Select(value => (float)value)],
                _ => throw new InvalidDataException($"output {output} is no tensor of float or double"),
            };
            var dimensions = results[0].Value is Tensor<float> one
                ? one.Dimensions
                : ((Tensor<double>)results[0].Value).Dimensions;
            if (dimensions.Length != 2 || dimensions[0] != batch || dimensions[1] < 2)
                throw new InvalidDataException(
                    $"output {output} has the shape ({string.Join(", ", dimensions.ToArray())}), wanted ({batch}, K) "
                        + "with at least 2 classes"
                );
            return (answers[..(count * dimensions[1])], dimensions[1]);
        }
        catch (OnnxRuntimeException error)
        {
            throw new InvalidDataException(Line(error), error);
        }
    }

    public void Dispose() => session.Dispose();

    (string Name, bool IsDouble, int? Batch) Input(ModelInputs inputs)
    {
        if (session.InputMetadata.Count != 1)
            throw Wrong(
                $"has {session.InputMetadata.Count} inputs "
                    + $"({string.Join(", ", session.InputMetadata.Keys)}), wanted one"
            );
        var (name, about) = session.InputMetadata.Single();
        if (!about.IsTensor || (about.ElementType != typeof(float) && about.ElementType != typeof(double)))
            throw Wrong($"input {name} is no tensor of float or double");
        int[] wanted = about.Dimensions;
        bool fits =
            wanted.Length == inputs.Shape.Length
            && wanted.Skip(1).Zip(inputs.Shape.Skip(1)).All(pair => pair.First < 0 || pair.First == pair.Second)
            && wanted[0] != 0;
        if (!fits)
            throw Wrong(
                $"input {name} takes ({Shown(wanted)}), and {inputs.Name} are "
                    + $"({string.Join(", ", inputs.Shape)}); the first axis is over samples"
            );
        return (name, about.ElementType == typeof(double), wanted[0] < 0 ? null : wanted[0]);
    }

    (string Name, int? Classes) Output()
    {
        string[] names = [.. session.OutputMetadata.Keys];
        string name =
            names.Length == 1
                ? names[0]
                : OutputNames.FirstOrDefault(names.Contains)
                    ?? throw Wrong(
                        $"has the outputs {string.Join(", ", names)}; which is meant is clear where one is called "
                            + $"{string.Join(" or ", OutputNames)}"
                    );
        var about = session.OutputMetadata[name];
        if (!about.IsTensor || (about.ElementType != typeof(float) && about.ElementType != typeof(double)))
            throw Wrong($"output {name} is no tensor of float or double");
        // Some exporters say nothing of the shape.
        if (about.Dimensions.Length is not (0 or 2))
            throw Wrong($"output {name} has the shape ({Shown(about.Dimensions)}), wanted (samples, classes)");
        return (name, about.Dimensions is [_, >= 0 and var classes] ? classes : null);
    }

    InvalidDataException Wrong(string what) => new($"{Path}: {what}");

    static string Shown(int[] shape) => string.Join(", ", shape.Select(length => length < 0 ? "?" : $"{length}"));

    static string Line(OnnxRuntimeException error) =>
        string.Join(' ', error.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
