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
        Finish(graph, rule, graph.Answers, RowRounding.None);
        return graph;
    }

    /// <summary>From the rows on: scores, leads and the outputs.</summary>
    /// <param name="graph">What has made them.</param>
    /// <param name="rule">What aggregates them.</param>
    /// <param name="rows">[B, n, K]; those of absent clients may be any numbers.</param>
    /// <param name="rounding">How far they can be off.</param>
    public static void Finish(RuleGraph graph, ServedRangeMean rule, string rows, RowRounding rounding)
    {
        var to = graph.To;
        bool trims = rule.Kind == RangeKind.Trimmed;
        string sums = graph.SortedSums(rows);
        // Of n rows, what the certificate is about; of the rows that came, what the scores average.
        var (from, until) = Kept(graph, rule, graph.Clients);
        var (first, last) = trims ? (to.Subtract(from, graph.Absent), until) : Kept(graph, rule, graph.Came);
        string Window(string begin, string end) =>
            to.Subtract(
                to.At(sums, graph.Inside(end), graph.ClassZeros),
                to.At(sums, graph.Inside(begin), graph.ClassZeros)
            );
        // [B, 1] where it is not already.
        string zeros = to.Times(graph.Absent, to.Whole(0));
        (first, last) = (to.Add(first, zeros), to.Add(last, zeros));
        string scores = graph.Answerable(
            to.Over(
                to.Op("Squeeze", Window(first, last), to.Wholes(1)),
                to.ToDouble(to.Op("Max", to.Subtract(last, first), to.Whole(1)))
            ),
            trims ? to.Whole(rule.Trim) : graph.Clients
        );
        string greatest = graph.Greatest(scores),
            isAnswer = graph.IsAnswer(greatest),
            changed = graph.Minorities(),
            kept = to.ToDouble(to.Subtract(until, from));
        string leads =
            rule.Kind == RangeKind.Mean
                ? OfMean(graph, rows, rounding, isAnswer, changed)
                : OfWindows(graph, Window, rounding, isAnswer, changed, from, until);
        // Windows of values in order are right to a share of themselves, which is far less than a ratio below 1 takes.
        if (rule.Kind == RangeKind.Mean || rounding.Ratio == 1)
            leads = to.Subtract(leads, to.Times(to.ToDouble(graph.Clients), to.Double(Rounding)));
        leads = to.Over(leads, kept);
        if (rounding.Least > 0)
            leads = to.Subtract(leads, to.Double(rounding.Least));
        graph.Finish(scores, greatest, isAnswer, leads, graph.MostChanged());
    }

    /// <summary>What is left of the answer's values beside a rival's, where rows can be off.</summary>
    static string Lowered(GraphBuilder to, string values, RowRounding rounding) =>
        rounding.Ratio == 1 ? values : to.Times(values, to.Double(rounding.Ratio));

    static (string From, string Until) Kept(RuleGraph graph, ServedRangeMean rule, string rows)
    {
        var to = graph.To;
        string half = to.Over(to.Op("Max", to.Subtract(rows, to.Whole(1)), to.Whole(0)), to.Whole(2));
        switch (rule.Kind)
        {
            case RangeKind.Mean:
                return (to.Whole(0), rows);
            case RangeKind.Median:
                return (half, to.Add(to.Over(rows, to.Whole(2)), to.Whole(1)));
            case RangeKind.LowerMedian:
                return (half, to.Add(half, to.Whole(1)));
            default:
                string trim = to.Add(to.Whole(rule.Trim), graph.ZeroIfClients(2 * rule.Trim + 1));
                return (trim, to.Subtract(rows, trim));
        }
    }

    /// <summary>The r rows that favour the answer most over the rival become one-hot of the rival, as absent ones
    /// are.</summary>
    static string OfMean(RuleGraph graph, string rows, RowRounding rounding, string isAnswer, string changed)
    {
        var to = graph.To;
        string apart = to.Subtract(Lowered(to, graph.OfAnswer(isAnswer, rows), rounding), rows),
            sums = graph.SortedSums(apart);
        return to.Subtract(
            to.At(sums, graph.Inside(to.Subtract(graph.Came, changed)), graph.ClassZeros),
            to.Unsqueeze(to.ToDouble(to.Add(changed, graph.Absent)), 2)
        );
    }

    /// <summary>The label's window over its lowest values, the rival's over its highest, and the ones that the rival's
    /// keeps. Absent rows are changed ones that are in nobody's way.</summary>
    static string OfWindows(
        RuleGraph graph,
        Func<string, string, string> window,
        RowRounding rounding,
        string isAnswer,
        string changed,
        string from,
        string until
    )
    {
        var to = graph.To;
        string free = to.Add(changed, graph.Absent),
            zeros = to.Times(free, to.Whole(0)),
            above = to.Subtract(graph.Clients, until);
        string own = Lowered(to, window(to.Subtract(from, free), to.Subtract(until, free)), rounding),
            other = window(to.Add(to.Add(from, changed), zeros), to.Op("Min", to.Add(until, changed), graph.Came)),
            ones = to.ToDouble(to.Op("Max", to.Subtract(free, above), to.Whole(0)));
        return to.Subtract(to.Subtract(graph.OfAnswer(isAnswer, own), other), to.Unsqueeze(ones, 2));
    }
}
