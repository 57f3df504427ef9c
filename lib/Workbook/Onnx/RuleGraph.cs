using Workbook.Onnx.Format;

namespace Workbook.Onnx;

/// <summary>What the graphs of all rules share: input, absent clients, lengths, ties, answer and radius.</summary>
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
        const string Received = "answers";
        To.Input(
            Received,
            TensorProto.Types.DataType.Double,
            "Probabilities, a row for each client; each row sums to 1. A row of NaN is a client that sent nothing.",
            "queries",
            clientsAxis,
            classesAxis
        );
        string shape = To.Op("Shape", Received);
        Clients = To.Gather(shape, To.Whole(1), 0);
        ClientsList = To.Gather(shape, To.Wholes(1), 0);
        Classes = To.Gather(shape, To.Whole(2), 0);
        EachClass = To.Op("Range", To.Whole(0), Classes, To.Whole(1));
        string came = To.Op("Not", To.Op("IsNaN", To.Sum(Received, 2)));
        Present = To.Unsqueeze(came, 2);
        Answers = To.Op("Where", Present, Received, To.Double(0));
        Came = To.Sum(To.Op("Cast", [came], ("to", (long)TensorProto.Types.DataType.Int64)), 1, keep: true);
        Absent = To.Subtract(Clients, Came);
        ClassZeros = To.Times(EachClass, To.Whole(0));
    }

    public GraphBuilder To { get; } = new();

    /// <summary>[B, n, K], with zeros for absent clients.</summary>
    public string Answers { get; }

    /// <summary>Whether a client answered, [B, n, 1].</summary>
    public string Present { get; }

    /// <summary>How many did, [B, 1] of int64.</summary>
    public string Came { get; }

    /// <summary>How many did not, [B, 1].</summary>
    public string Absent { get; }

    /// <summary>K zeros of int64.</summary>
    public string ClassZeros { get; }

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

    /// <summary>Prefix sums of the values of the clients that answered, in order, from a zero on; behind them they stay
    /// what they are.</summary>
    /// <param name="values">[B, n, w].</param>
    /// <returns>[B, n + 1, w].</returns>
    public string SortedSums(string values)
    {
        string sorted = To.Sorted(To.Op("Where", Present, values, To.Double(double.PositiveInfinity)), ClientsList, 1),
            places = To.Unsqueeze(To.Op("Range", To.Whole(0), Clients, To.Whole(1)), 1);
        return To.PrefixSums(To.Op("Where", To.Op("Less", places, To.Unsqueeze(Came, 2)), sorted, To.Double(0)));
    }

    /// <summary>Places within the prefix sums: what lies outside is moved to an end, and masked elsewhere.</summary>
    public string Inside(string places) => To.Op("Min", To.Op("Max", places, To.Whole(0)), Clients);

    /// <summary>How many of the others may change at most with a clients absent: (n−1)/2 − a, [B, 1].</summary>
    public string MostChanged() => To.Subtract(To.Over(To.Subtract(Clients, To.Whole(1)), To.Whole(2)), Absent);

    /// <summary>Which class has the greatest score, [B].</summary>
    public string Greatest(string scores) => To.Op("ArgMax", [scores], ("axis", 1), ("keepdims", 0));

    /// <summary>Whether a class is the answer, [B, 1, K].</summary>
    public string IsAnswer(string greatest) => To.Unsqueeze(To.Op("Equal", To.Unsqueeze(greatest, 1), EachClass), 1);

    /// <summary>The value of the answer's class, with the last axis of length 1.</summary>
    /// <param name="isAnswer">[B, 1, K].</param>
    /// <param name="values">[B, x, K].</param>
    public string OfAnswer(string isAnswer, string values) =>
        To.Sum(To.Op("Where", isAnswer, values, To.Double(0)), 2, keep: true);

    /// <summary>Scores, which are zero where the rule cannot answer: all tie there.</summary>
    /// <param name="scores">[B, K].</param>
    /// <param name="mostAbsent">How many clients may be absent at most, a scalar.</param>
    public string Answerable(string scores, string mostAbsent) =>
        To.Op(
            "Where",
            To.Op("And", To.Op("Not", To.Op("Greater", Absent, mostAbsent)), To.Op("Greater", Came, To.Whole(0))),
            scores,
            To.Double(0)
        );

    /// <summary>The outputs.</summary>
    /// <param name="scores">[B, K], as <see cref="Answerable"/> gives them.</param>
    /// <param name="greatest">[B].</param>
    /// <param name="isAnswer">[B, 1, K].</param>
    /// <param name="leads">[B, R, K].</param>
    /// <param name="mostChanged">[B, 1]: leads behind this many changed rows mean nothing.</param>
    public void Finish(string scores, string greatest, string isAnswer, string leads, string mostChanged)
    {
        string two = To.Sorted(scores, To.Wholes(2), 1, descending: true),
            first = To.Gather(two, To.Whole(0), 1),
            second = To.Gather(two, To.Whole(1), 1);
        // Not "greater or equal", so that a NaN is a tie too.
        string tied = To.Op(
            "Not",
            To.Op("Less", second, To.Subtract(first, To.Times(To.Size(first), To.Double(TieTolerance))))
        );
        string count = To.Gather(To.Op("Shape", leads), To.Whole(1), 0),
            steps = To.Op("Range", To.Whole(0), count, To.Whole(1)),
            beyond = To.Op("Greater", steps, mostChanged);
        leads = To.Op("Where", To.Unsqueeze(beyond, 2), To.Double(-1), leads);
        leads = To.Op("Where", isAnswer, To.Double(double.PositiveInfinity), leads);
        string holds = To.Op(
            "And",
            To.Op("Greater", To.Reduce("ReduceMin", leads, 2), To.Double(0)),
            To.Op("Not", beyond)
        );
        // The first r at which the answer could fall; where clients are absent it may be 0.
        string falls = To.Reduce("ReduceMin", To.Op("Where", holds, count, steps), 1),
            absent = To.Op("Squeeze", Absent, To.Wholes(1)),
            least = To.Op("Where", To.Op("Greater", absent, To.Whole(0)), To.Whole(-1), To.Whole(0));
        string radius = To.Op("Max", To.Subtract(falls, To.Whole(1)), least);
        To.Output(scores, "scores", TensorProto.Types.DataType.Double, "Not normalised.", "queries", classesAxis);
        To.Output(
            To.Op("Where", tied, To.Whole(-1), greatest),
            "answer",
            TensorProto.Types.DataType.Int64,
            "Class of the greatest score; -1 for a tie, which is no answer, and where more clients are absent than "
                + "the rule can do without.",
            "queries"
        );
        To.Output(
            To.Op("Where", tied, least, radius),
            "radius",
            TensorProto.Types.DataType.Int64,
            "So many of the rows that came, whichever, can be anything and the answer stays, whatever absent clients "
                + "would have said; -1 where these alone could have changed it.",
            "queries"
        );
        To.Output(
            leads,
            "leads",
            TensorProto.Types.DataType.Double,
            "[q, r, k]: by how much the answer leads class k at least when r rows and the absent ones are anything; "
                + "infinite for the answer itself. The classes that could be the answer with f corrupted clients, of "
                + "which a are absent: the answer, and each k with leads[q, f-a, k] <= 0.",
            "queries",
            "changed",
            classesAxis
        );
    }
}
