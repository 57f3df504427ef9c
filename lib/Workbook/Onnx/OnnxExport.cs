using System.Globalization;
using Google.Protobuf;
using RobustInference.Files;
using RobustInference.Serving;
using Workbook.Onnx.Format;

namespace Workbook.Onnx;

/// <summary>A rule as an ONNX file: scores, answer and certified radius of a batch of queries, in float64.</summary>
/// <remarks>In the command's project and not in the library, which would drag a code generator and Protobuf into every
/// program that uses it.</remarks>
public static class OnnxExport
{
    const int RepresentationVersion = 8,
        OperatorSet = 17;

    /// <summary>Writes atomically.</summary>
    /// <param name="path">The <c>.onnx</c> file.</param>
    /// <param name="rule">A trained rule or a static one.</param>
    /// <param name="bounds">For a DeepSet.</param>
    /// <param name="properties">What else the file's metadata shall say, such as the hash of the trained file.</param>
    /// <exception cref="ArgumentException">A rule of another kind.</exception>
    public static void Write(
        string path,
        ServedRule rule,
        OnnxBounds bounds = OnnxBounds.Intervals,
        params (string Key, string Value)[] properties
    )
    {
        var graph = rule switch
        {
            ServedDeepSet deepSet => DeepSetGraph.Of(deepSet, bounds),
            ServedCertifiedVote vote => VoteGraph.Of(vote),
            ServedCalibrated calibrated => CalibratedGraph.Of(calibrated),
            ServedRangeMean mean => RangeMeanGraph.Of(mean),
            ServedVote => PluralityGraph.Of(),
            _ => throw new ArgumentException($"{rule.Name} cannot be exported"),
        };
        var model = new ModelProto
        {
            IrVersion = RepresentationVersion,
            ProducerName = "robust-inference",
            ProducerVersion = typeof(OnnxExport).Assembly.GetName().Version!.ToString(3),
            DocString =
                "Aggregates the answers of n clients of which some may be corrupted. If at most 'radius' rows of a "
                + "query are corrupted, 'answer' is the one that the honest rows would have got.",
            Graph = graph.To.Graph,
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = OperatorSet });
        Say("aggregator", rule.Name);
        if (rule.Classes is { } classes)
            Say("classes", Text(classes));
        if (rule.Clients is { } clients)
            Say("clients", Text(clients));
        if (rule is ServedDeepSet trained)
        {
            Say("trim", Text(trained.Trim));
            Say("bounds", bounds == OnnxBounds.Intervals ? "intervals" : "relaxed");
        }
        var aggregates = (rule as ServedCalibrated)?.Inner ?? rule;
        if (aggregates is ServedRangeMean { Kind: RangeKind.Trimmed, Trim: var trim })
            Say("trim", Text(trim));
        foreach (var (key, value) in properties)
            Say(key, value);
        AtomicFile.Write(path, stream => model.WriteTo(stream));

        void Say(string key, string value) =>
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
    }

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
