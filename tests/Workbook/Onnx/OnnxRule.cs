using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using RobustInference.Serving;
using Workbook.Onnx;

namespace Tests.Workbook.Onnx;

/// <summary>An exported rule in ONNX Runtime.</summary>
sealed class OnnxRule : IDisposable
{
    readonly InferenceSession session;

    public OnnxRule(string path)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        session = new InferenceSession(path, options);
    }

    /// <summary>Writes a rule into a file and opens it.</summary>
    public static OnnxRule Of(TemporaryFolder folder, ServedRule rule, OnnxBounds bounds = OnnxBounds.Intervals)
    {
        string path = folder.File($"{Guid.NewGuid():N}.onnx");
        OnnxExport.Write(path, rule, bounds);
        return new(path);
    }

    public IReadOnlyDictionary<string, string> Properties => session.ModelMetadata.CustomMetadataMap;

    public sealed record Result(double[] Scores, long[] Answers, long[] Radii, double[] Leads, int Changes);

    /// <summary>Asks for a batch.</summary>
    /// <param name="rows">B·n·K probabilities.</param>
    /// <param name="clients">n.</param>
    /// <param name="classes">K.</param>
    public Result Run(ReadOnlySpan<float> rows, int clients, int classes)
    {
        var values = new double[rows.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = rows[i];
        var input = new DenseTensor<double>(values, [values.Length / clients / classes, clients, classes]);
        using var outputs = session.Run([NamedOnnxValue.CreateFromTensor("answers", input)]);
        var leads = Output<double>("leads");
        return new(
            [.. Output<double>("scores")],
            [.. Output<long>("answer")],
            [.. Output<long>("radius")],
            [.. leads],
            leads.Dimensions[1]
        );

        Tensor<T> Output<T>(string name) => outputs.Single(output => output.Name == name).AsTensor<T>();
    }

    public void Dispose() => session.Dispose();
}
