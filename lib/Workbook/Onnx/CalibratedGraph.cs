using RobustInference.Serving;

namespace Workbook.Onnx;

/// <summary>A mean, median or trimmed mean of calibrated clients as a graph: the calibration, and on its rows the graph
/// of the inner rule.</summary>
static class CalibratedGraph
{
    public static RuleGraph Of(ServedCalibrated rule)
    {
        int n = rule.Clients!.Value,
            k = rule.Classes!.Value;
        var graph = new RuleGraph(n, k);
        var to = graph.To;
        string features = to.Op("Log", to.Add(to.Relu(graph.Answers), to.Double(ServedCalibrated.Floor))),
            // [n, K, K], a client's matrix for all queries at once.
            weights = to.Transpose(to.Doubles(rule.Weight, n, k, k), 0, 2, 1),
            products = to.Transpose(to.Op("MatMul", to.Transpose(features, 1, 0, 2), weights), 1, 0, 2),
            logits = to.Add(products, to.Doubles(rule.Bias, n, k));
        RangeMeanGraph.Finish(
            graph,
            rule.Inner,
            to.RoundedToSingle(to.Op("Softmax", [logits], ("axis", 2))),
            rule.Rounding
        );
        return graph;
    }
}
