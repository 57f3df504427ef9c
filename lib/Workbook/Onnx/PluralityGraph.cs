namespace Workbook.Onnx;

/// <summary>The plurality vote as a graph; its radius is exact.</summary>
static class PluralityGraph
{
    public static RuleGraph Of()
    {
        var graph = new RuleGraph(null, null);
        var to = graph.To;
        string votes = to.Op("ArgMax", [graph.Answers], ("axis", 2), ("keepdims", 1)),
            counts = to.Sum(to.ToDouble(to.Op("And", to.Op("Equal", votes, graph.EachClass), graph.Present)), 1),
            clients = to.ToDouble(graph.Clients),
            came = to.ToDouble(graph.Came),
            scores = graph.Answerable(to.Over(counts, to.Op("Max", came, to.Double(1))), graph.Clients);
        string greatest = graph.Greatest(scores),
            isAnswer = graph.IsAnswer(greatest);
        string others = to.Unsqueeze(counts, 1),
            own = graph.OfAnswer(isAnswer, others),
            changed = to.Unsqueeze(to.ToDouble(graph.Minorities()), 1);
        // A changed row takes a vote from the answer while there is one, and gives the rival one while it lacks one; an
        // absent one may have voted for the rival.
        string leads = to.Subtract(
            to.Subtract(to.Subtract(own, others), to.Op("Min", changed, own)),
            to.Op("Min", changed, to.Subtract(to.Unsqueeze(came, 2), others))
        );
        leads = to.Subtract(leads, to.Unsqueeze(to.ToDouble(graph.Absent), 2));
        graph.Finish(scores, greatest, isAnswer, to.Over(leads, clients), graph.MostChanged());
        return graph;
    }
}
