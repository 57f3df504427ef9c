using RobustInference.Serving;

namespace Workbook.Onnx;

/// <summary>Mean, coordinate-wise median and trimmed mean as a graph.</summary>
/// <remarks>The mean's radius is exact. That of the others takes each rival by itself, and the changed rows that are
/// worst for the label's column and for the rival's as if they were the same: seldom below the exact radius, never
/// above.</remarks>
static class RangeMeanGraph
{
    // Far above the rounding of sums of n probabilities in float64.
    const double Rounding = 1e-12;

    public static RuleGraph Of(ServedRangeMean rule)
    {
        var graph = new RuleGraph(null, null);
        var to = graph.To;
        var (from, until) = Kept(graph, rule);
        string sums = to.PrefixSums(to.Sorted(graph.Answers, graph.ClientsList, 1)),
            kept = to.ToDouble(to.Subtract(until, from));
        string scores = to.Over(to.Subtract(to.Gather(sums, until, 1), to.Gather(sums, from, 1)), kept);
        string greatest = graph.Greatest(scores),
            isAnswer = graph.IsAnswer(greatest),
            changed = graph.Minorities();
        string leads =
            rule.Kind == RangeKind.Mean
                ? OfMean(graph, isAnswer, changed)
                : OfWindows(graph, sums, isAnswer, changed, from, until);
        string room = to.Times(to.ToDouble(graph.Clients), to.Double(Rounding));
        graph.Finish(scores, greatest, isAnswer, to.Over(to.Subtract(leads, room), kept));
        return graph;
    }

    static (string From, string Until) Kept(RuleGraph graph, ServedRangeMean rule)
    {
        var to = graph.To;
        string half = to.Over(to.Subtract(graph.Clients, to.Whole(1)), to.Whole(2));
        switch (rule.Kind)
        {
            case RangeKind.Mean:
                return (to.Whole(0), graph.Clients);
            case RangeKind.Median:
                return (half, to.Add(to.Over(graph.Clients, to.Whole(2)), to.Whole(1)));
            case RangeKind.LowerMedian:
                return (half, to.Add(half, to.Whole(1)));
            default:
                string trim = to.Add(to.Whole(rule.Trim), graph.ZeroIfClients(2 * rule.Trim + 1));
                return (trim, to.Subtract(graph.Clients, trim));
        }
    }

    /// <summary>The r rows that favour the answer most over the rival become one-hot of the rival.</summary>
    static string OfMean(RuleGraph graph, string isAnswer, string changed)
    {
        var to = graph.To;
        string apart = to.Subtract(graph.OfAnswer(isAnswer, graph.Answers), graph.Answers),
            sums = to.PrefixSums(to.Sorted(apart, graph.ClientsList, 1));
        return to.Subtract(
            to.Gather(sums, to.Subtract(graph.Clients, changed), 1),
            to.Unsqueeze(to.ToDouble(changed), 1)
        );
    }

    /// <summary>The label's window over its lowest values, the rival's over its highest, and the ones that the rival's
    /// keeps.</summary>
    static string OfWindows(RuleGraph graph, string sums, string isAnswer, string changed, string from, string until)
    {
        var to = graph.To;
        string zero = to.Whole(0),
            above = to.Subtract(graph.Clients, until);
        string Window(string first, string last) => to.Subtract(to.Gather(sums, last, 1), to.Gather(sums, first, 1));
        string own = Window(to.Op("Max", to.Subtract(from, changed), zero), to.Subtract(until, changed)),
            other = Window(
                to.Add(from, changed),
                to.Subtract(graph.Clients, to.Op("Max", to.Subtract(above, changed), zero))
            ),
            ones = to.ToDouble(to.Op("Max", to.Subtract(changed, above), zero));
        return to.Subtract(to.Subtract(graph.OfAnswer(isAnswer, own), other), to.Unsqueeze(ones, 1));
    }
}
