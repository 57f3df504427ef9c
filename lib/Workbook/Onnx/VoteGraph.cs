using RobustInference.Serving;

namespace Workbook.Onnx;

/// <summary>CertifiedVote as a graph: votes with a running error analysis, then one sort of the losses serves every
/// radius. As exact as the library's certificate.</summary>
static class VoteGraph
{
    public static RuleGraph Of(ServedCertifiedVote rule)
    {
        int n = rule.Clients!.Value,
            k = rule.Classes!.Value;
        var graph = new RuleGraph(n, k);
        var to = graph.To;
        string x = graph.Answers,
            features = to.Op(
                "Concat",
                [
                    x,
                    to.Add(
                        to.Times(to.Op("Log", to.Add(to.Relu(x), to.Double(VoteMemberWeights.Floor))), to.Double(0.25)),
                        to.Double(1)
                    ),
                ],
                ("axis", 2)
            );
        string? votes = null,
            errors = null;
        foreach (var member in rule.Members)
        {
            var (vote, error) = Vote(to, member, features);
            (votes, errors) = votes is null ? (vote, error) : (to.Add(votes, vote), to.Add(errors!, error));
        }
        string share = to.Double(1.0 / rule.Members.Count),
            none = to.Double(0);
        string OfPresent(string values) => to.Op("Where", graph.Present, values, none);
        (votes, errors) = (OfPresent(to.Times(votes!, share)), OfPresent(to.Times(errors!, share)));

        string sum = to.Sum(votes, 1),
            bias = to.Doubles(rule.Bias, k),
            scores = graph.Answerable(to.Add(sum, bias), graph.Clients),
            greatest = graph.Greatest(scores),
            isAnswer = graph.IsAnswer(greatest);
        double most = 0;
        foreach (double influence in rule.Influence)
            most += influence;
        double gamma = 2 * RoundingUnits.GammaDouble(n + 2 * rule.Members.Count + 2) + 2 * RoundingUnits.Single;
        string off = to.Unsqueeze(
            to.Add(
                to.Times(to.Sum(errors, 1), to.Double(2)),
                to.Times(
                    to.Add(sum, to.Doubles([.. rule.Bias.ToArray().Select(b => most + Math.Abs(b))], k)),
                    to.Double(gamma)
                )
            ),
            1
        );
        string apart = to.Subtract(graph.OfAnswer(isAnswer, votes), votes),
            biases = to.Unsqueeze(bias, 0, 1),
            lead = to.Subtract(
                to.Subtract(
                    to.Add(to.Sum(apart, 1, keep: true), to.Subtract(graph.OfAnswer(isAnswer, biases), biases)),
                    off
                ),
                graph.OfAnswer(isAnswer, off)
            );
        // Absent clients may each have given the rival all that they have.
        string own = to.Doubles(rule.Influence, n, 1),
            away = to.Add(
                to.Sum(to.Op("Where", graph.Present, none, own), 1, keep: true),
                to.Double(RoundingUnits.GammaDouble(2 * n) * n)
            );
        lead = to.Subtract(
            lead,
            to.Op("Where", to.Op("Greater", to.Unsqueeze(graph.Absent, 2), to.Whole(0)), away, none)
        );
        string losses = to.Relu(OfPresent(to.Add(apart, own))),
            worst = to.Sorted(losses, to.Wholes(Math.Max(1, (n - 1) / 2)), 1, descending: true),
            leads = n < 3
                ? lead
                : to.Op("Concat", [lead, to.Subtract(lead, to.Op("CumSum", worst, to.Whole(1)))], ("axis", 1));
        graph.Finish(scores, greatest, isAnswer, leads, graph.MostChanged());
        return graph;
    }

    /// <summary>A member's votes and how far they can be off, [B, n, K]: see <see cref="VoteMemberWeights"/>.</summary>
    static (string Votes, string Errors) Vote(GraphBuilder to, VoteMemberWeights member, string features)
    {
        int n = member.Clients,
            k = member.Classes,
            h = member.RowIn.Outputs;
        string known = to.Doubles(member.Known, n, h),
            one = to.Double(1);
        double[] logarithms = [.. Enumerable.Range(0, 2 * k).Select(j => j < k ? 0 : VoteMemberWeights.LogarithmError)];
        var (values, off) = Layer(to, member.RowIn, features, to.Size(features), to.Doubles(logarithms, 1, 1, 2 * k));
        off = to.Add(
            to.Add(off, to.Doubles(member.KnownErrors, n, h)),
            to.Times(
                to.Add(to.Add(to.Size(values), off), to.Doubles(member.KnownSizes, n, h)),
                to.Double(RoundingUnits.GammaDouble(1))
            )
        );
        string hidden = to.Relu(to.Add(values, known));
        (values, off) = Layer(to, member.Between, hidden, hidden, off);
        hidden = to.Relu(values);
        var (logits, apart) = Layer(to, member.VoteOut, hidden, hidden, off);
        string most = to.Add(
                to.Reduce("ReduceMax", apart, 2, keep: true),
                to.Times(to.Reduce("ReduceMax", to.Size(logits), 2, keep: true), to.Double(4 * RoundingUnits.Double))
            ),
            exponent = to.Add(
                to.Times(most, to.Double(2)),
                to.Double(RoundingUnits.GammaDouble(k + 3 * VoteMemberWeights.Elementary))
            ),
            factor = to.Op(
                "Where",
                to.Op("Less", exponent, to.Double(1e-5)),
                to.Times(exponent, to.Add(exponent, one)),
                to.Subtract(to.Op("Exp", exponent), one)
            );
        string softmax = to.Op("Softmax", [logits], ("axis", 2)),
            errors = to.Op(
                "Where",
                to.Op("Less", most, to.Double(0.5)),
                // What is smaller than any number may have become zero.
                to.Add(to.Times(softmax, factor), to.Double(1e-300)),
                one
            );
        return (to.Times(softmax, to.Doubles(member.Influence, n, 1)), errors);
    }

    static (string Values, string Errors) Layer(GraphBuilder to, Layer layer, string x, string sizes, string errors)
    {
        string weights = DeepSetGraph.Transposed(to, layer, sizes: true);
        double gamma = RoundingUnits.GammaDouble(layer.Inputs + 1);
        return (
            DeepSetGraph.Apply(to, layer, x),
            to.Add(
                to.Times(to.Op("MatMul", errors, weights), to.Double(1 + gamma)),
                to.Times(
                    to.Add(
                        to.Op("MatMul", sizes, weights),
                        to.Doubles([.. layer.Bias.Select(Math.Abs)], layer.Outputs)
                    ),
                    to.Double(gamma)
                )
            )
        );
    }
}
