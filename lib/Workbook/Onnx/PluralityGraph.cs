namespace Workbook.Onnx;

/// <summary>The plurality vote as a graph; its radius is exact.</summary>
static class PluralityGraph
{
    public static RuleGraph Of()
    {
        var graph = new RuleGraph(null, null);
        var to = graph.To;
        string votes = to.Op("ArgMax", [graph.Answers], ("axis", 2), ("keepdims", 1)),
            counts = to.Sum(to.ToDouble(to.Op("Equal", votes, graph.EachClass)), 1),
            clients = to.ToDouble(graph.Clients),
            scores = to.Over(counts, clients);
        string greatest = graph.Greatest(scores),
            isAnswer = graph.IsAnswer(greatest);
        string others = to.Unsqueeze(counts, 1),
            own = graph.OfAnswer(isAnswer, others),
            changed = to.Unsqueeze(to.ToDouble(graph.Minorities()), 1);
        // A changed row takes a vote from the answer while there is one, and gives the rival one while it lacks one.
        string leads = to.Subtract(
            to.Subtract(to.Subtract(own, others), to.Op("Min", changed, own)),
            to.Op("Min", changed, to.Subtract(clients, others))
        );
        graph.Finish(scores, greatest, isAnswer, to.Over(leads, clients));
        return graph;
    }
}
