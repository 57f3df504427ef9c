using RobustInference.Serving;

namespace Workbook.Onnx;

/// <summary>DeepSet-TM and CertifiedDeepSet as a graph: sort and sums of the encodings once, then for every number r of
/// changed rows the box of the trimmed mean and its way through μ.</summary>
static class DeepSetGraph
{
    public static RuleGraph Of(ServedDeepSet rule, OnnxBounds bounds)
    {
        var graph = new RuleGraph(null, rule.Classes);
        var to = graph.To;
        int t = rule.Trim,
            h = rule.Hidden;
        string trim = to.Add(to.Whole(t), graph.ZeroIfClients(2 * t + 1)),
            kept = to.Subtract(graph.Clients, to.Times(trim, to.Whole(2))),
            zeros = to.Wholes(new long[h]);
        string encodings = Apply(to, rule.Encoder.Out, to.Relu(Apply(to, rule.Encoder.In, graph.Answers))),
            sums = graph.SortedSums(encodings);
        // [B, R, h] of the means from places [B, R] on.
        string Mean(string from, string count) =>
            to.Over(
                to.Subtract(
                    to.At(sums, graph.Inside(to.Add(from, count)), zeros),
                    to.At(sums, graph.Inside(from), zeros)
                ),
                to.Unsqueeze(to.ToDouble(count), 1)
            );

        // Each absent row stands for one of those that are dropped on either side.
        string lowest = to.Subtract(trim, graph.Absent),
            summary = to.Op("Squeeze", Mean(lowest, to.Add(kept, graph.Absent)), to.Wholes(1)),
            scores = graph.Answerable(
                Apply(to, rule.Decoder.Out, to.Relu(Apply(to, rule.Decoder.In, summary))),
                to.Whole(t)
            ),
            greatest = graph.Greatest(scores),
            isAnswer = graph.IsAnswer(greatest);

        // [B, R, h] for r = 0…t.
        string changes = to.Wholes([.. Enumerable.Range(0, t + 1).Select(r => (long)r)]),
            keptOfAll = to.Add(kept, to.Times(graph.Absent, to.Whole(0))),
            low = Mean(to.Subtract(lowest, changes), keptOfAll),
            high = Mean(to.Add(to.Add(trim, changes), to.Times(graph.Absent, to.Whole(0))), keptOfAll),
            half = to.Double(0.5),
            centre = to.Times(to.Add(low, high), half);
        string size = to.Reduce(
                "ReduceMax",
                to.Op("Where", graph.Present, to.Size(encodings), to.Double(0)),
                1,
                keep: true
            ),
            // γ of n + 6 terms, and two.
            units = to.Times(to.Add(to.ToDouble(graph.Clients), to.Double(8)), to.Double(RoundingUnits.Single)),
            gamma = to.Over(units, to.Subtract(to.Double(1), units));
        string radius = to.Add(
            to.Add(to.Times(to.Subtract(high, low), half), to.Times(size, gamma)),
            to.Doubles(rule.EncodingError, h)
        );
        graph.Finish(
            scores,
            greatest,
            isAnswer,
            Leads(graph, rule, bounds, greatest, isAnswer, centre, radius),
            lowest
        );
        return graph;
    }

    static string Leads(
        RuleGraph graph,
        ServedDeepSet rule,
        OnnxBounds bounds,
        string greatest,
        string isAnswer,
        string centre,
        string radius
    )
    {
        var to = graph.To;
        Layer first = rule.Decoder.In,
            last = rule.Decoder.Out;
        int d = rule.DecoderWidth,
            k = last.Outputs;
        string firstSizes = Transposed(to, first, sizes: true),
            middle = Apply(to, first, centre),
            error = to.Times(
                to.Add(
                    to.Op("MatMul", to.Add(to.Size(centre), radius), firstSizes),
                    to.Doubles([.. first.Bias.Select(Math.Abs)], d)
                ),
                to.Double(RoundingUnits.GammaSingle(rule.Hidden + 1))
            ),
            reach = to.Add(to.Op("MatMul", radius, firstSizes), error),
            low = to.Subtract(middle, reach),
            high = to.Add(middle, reach),
            highActive = to.Relu(high);

        // Of each sample's answer against every class, [B, K, d].
        string matrix = to.Doubles(last.Weights, k, d),
            weights = to.Subtract(to.Unsqueeze(to.Gather(matrix, greatest, 0), 1), matrix),
            helps = to.Relu(weights),
            hurts = to.Subtract(weights, helps);
        string Turned(string perClass) => to.Transpose(perClass, 0, 2, 1);

        string off = to.Times(
                to.Add(
                    to.Op("MatMul", highActive, Transposed(to, last, sizes: true)),
                    to.Doubles([.. last.Bias.Select(Math.Abs)], k)
                ),
                to.Double(RoundingUnits.GammaSingle(d + 1))
            ),
            bias = to.Doubles(last.Bias, 1, 1, k),
            shift = to.Subtract(
                to.Subtract(to.Subtract(graph.OfAnswer(isAnswer, bias), bias), off),
                graph.OfAnswer(isAnswer, off)
            );
        string leads = to.Add(
            to.Add(to.Op("MatMul", to.Relu(low), Turned(helps)), to.Op("MatMul", highActive, Turned(hurts))),
            shift
        );
        if (bounds == OnnxBounds.Intervals)
            return leads;

        // Where a unit may be either, its chord runs from (low, 0) to (high, high).
        string zero = to.Double(0),
            either = to.Op("And", to.Op("Less", low, zero), to.Op("Greater", high, zero)),
            linear = to.ToDouble(to.Op("Not", to.Op("Less", low, zero))),
            chord = to.Op("Where", either, to.Over(high, to.Subtract(high, low)), zero);
        // [B, R, K, d].
        string slopes = to.Add(
                to.Times(to.Unsqueeze(helps, 1), to.Unsqueeze(linear, 2)),
                to.Times(to.Unsqueeze(hurts, 1), to.Unsqueeze(to.Add(linear, chord), 2))
            ),
            onLatents = to.Op("MatMul", slopes, to.Doubles(first.Weights, d, rule.Hidden));
        string DotLast(string perClass, string units) => to.Sum(to.Times(perClass, to.Unsqueeze(units, 2)), 3);
        string relaxed = to.Subtract(
            to.Subtract(
                to.Add(
                    to.Subtract(DotLast(onLatents, centre), DotLast(to.Size(onLatents), radius)),
                    to.Op("MatMul", slopes, to.Doubles(first.Bias, d))
                ),
                DotLast(to.Size(slopes), error)
            ),
            to.Op("MatMul", to.Times(chord, low), Turned(hurts))
        );
        return to.Op("Max", leads, to.Add(relaxed, shift));
    }

    /// <summary>Wx + b along the last axis.</summary>
    public static string Apply(GraphBuilder to, Layer layer, string x) =>
        to.Add(to.Op("MatMul", x, Transposed(to, layer)), to.Doubles(layer.Bias, layer.Outputs));

    /// <summary>Wᵀ, or |W|ᵀ.</summary>
    public static string Transposed(GraphBuilder to, Layer layer, bool sizes = false)
    {
        var turned = new double[layer.Weights.Length];
        for (int i = 0; i < layer.Outputs; i++)
        for (int j = 0; j < layer.Inputs; j++)
        {
            double weight = layer.Weights[i * layer.Inputs + j];
            turned[j * layer.Outputs + i] = sizes ? Math.Abs(weight) : weight;
        }
        return to.Doubles(turned, layer.Inputs, layer.Outputs);
    }
}
