using Workbook.Onnx.Format;

namespace Workbook.Onnx;

/// <summary>What the graphs of all rules share: input, lengths, ties, answer and radius.</summary>
sealed class RuleGraph
{
    /// <summary>Scores within this share of the greatest are a tie.</summary>
    const double TieTolerance = 1e-6;

    readonly string clientsAxis,
        classesAxis;

    /// <param name="clients">n, where the rule was made for so many.</param>
    /// <param name="classes">K, where the rule was made for so many.</param>
    public RuleGraph(int? clients, int? classes)
    {
        (clientsAxis, classesAxis) = (clients?.ToString() ?? "clients", classes?.ToString() ?? "classes");
        To.Input(
            Answers,
            TensorProto.Types.DataType.Double,
            "Probabilities, a row for each client; each row sums to 1.",
            "queries",
            clientsAxis,
            classesAxis
        );
        string shape = To.Op("Shape", Answers);
        Clients = To.Gather(shape, To.Whole(1), 0);
        ClientsList = To.Gather(shape, To.Wholes(1), 0);
        Classes = To.Gather(shape, To.Whole(2), 0);
        EachClass = To.Op("Range", To.Whole(0), Classes, To.Whole(1));
    }

    public GraphBuilder To { get; } = new();

    /// <summary>[B, n, K].</summary>
    public string Answers => "answers";

    /// <summary>n, a scalar of int64.</summary>
    public string Clients { get; }

    /// <summary>n, a list of one.</summary>
    public string ClientsList { get; }

    /// <summary>K, a scalar of int64.</summary>
    public string Classes { get; }

    /// <summary>0…K−1.</summary>
    public string EachClass { get; }

    /// <summary>0 where n is at least <paramref name="least"/>; otherwise the graph fails when it is run: it reads a
    /// place that is not there.</summary>
    public string ZeroIfClients(int least) =>
        To.Gather(
            To.Wholes(0),
            To.Times(To.Op("Min", To.Subtract(Clients, To.Whole(least)), To.Whole(0)), To.Whole(2)),
            0
        );

    /// <summary>0…(n−1)/2, how many rows may be changed.</summary>
    public string Minorities() =>
        To.Op(
            "Range",
            To.Whole(0),
            To.Add(To.Over(To.Subtract(Clients, To.Whole(1)), To.Whole(2)), To.Whole(1)),
            To.Whole(1)
        );

    /// <summary>Which class has the greatest score, [B].</summary>
    public string Greatest(string scores) => To.Op("ArgMax", [scores], ("axis", 1), ("keepdims", 0));

    /// <summary>Whether a class is the answer, [B, 1, K].</summary>
    public string IsAnswer(string greatest) => To.Unsqueeze(To.Op("Equal", To.Unsqueeze(greatest, 1), EachClass), 1);

    /// <summary>The value of the answer's class, with the last axis of length 1.</summary>
    /// <param name="isAnswer">[B, 1, K].</param>
    /// <param name="values">[B, x, K].</param>
    public string OfAnswer(string isAnswer, string values) =>
        To.Sum(To.Op("Where", isAnswer, values, To.Double(0)), 2, keep: true);

    /// <summary>The outputs.</summary>
    /// <param name="scores">[B, K].</param>
    /// <param name="greatest">[B].</param>
    /// <param name="isAnswer">[B, 1, K].</param>
    /// <param name="leads">[B, R, K].</param>
    public void Finish(string scores, string greatest, string isAnswer, string leads)
    {
        string two = To.Sorted(scores, To.Wholes(2), 1, descending: true),
            first = To.Gather(two, To.Whole(0), 1),
            second = To.Gather(two, To.Whole(1), 1);
        // Not "greater or equal", so that a NaN is a tie too.
        string tied = To.Op(
            "Not",
            To.Op("Less", second, To.Subtract(first, To.Times(To.Size(first), To.Double(TieTolerance))))
        );
        leads = To.Op("Where", isAnswer, To.Double(double.PositiveInfinity), leads);
        string holds = To.Op("Greater", To.Reduce("ReduceMin", leads, 2), To.Double(0)),
            count = To.Gather(To.Op("Shape", leads), To.Whole(1), 0),
            steps = To.Op("Range", To.Whole(0), count, To.Whole(1));
        // The first r at which the answer could fall.
        string falls = To.Reduce("ReduceMin", To.Op("Where", holds, count, steps), 1);
        string radius = To.Op("Max", To.Subtract(falls, To.Whole(1)), To.Whole(0));
        To.Output(scores, "scores", TensorProto.Types.DataType.Double, "Not normalised.", "queries", classesAxis);
        To.Output(
            To.Op("Where", tied, To.Whole(-1), greatest),
            "answer",
            TensorProto.Types.DataType.Int64,
            "Class of the greatest score; -1 for a tie, which is no answer.",
            "queries"
        );
        To.Output(
            To.Op("Where", tied, To.Whole(0), radius),
            "radius",
            TensorProto.Types.DataType.Int64,
            "So many rows, whichever, can be anything and the answer stays.",
            "queries"
        );
        To.Output(
            leads,
            "leads",
            TensorProto.Types.DataType.Double,
            "[q, r, k]: by how much the answer leads class k at least when r rows are anything; infinite for the "
                + "answer itself. The classes that could be the answer with f corrupted clients: the answer, and each "
                + "k with leads[q, f, k] <= 0.",
            "queries",
            "changed",
            classesAxis
        );
    }
}
