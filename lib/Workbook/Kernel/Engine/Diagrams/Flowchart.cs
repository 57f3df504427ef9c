using System.Text.RegularExpressions;

namespace Workbook.Kernel.Engine.Diagrams;

/// <summary>A flowchart in Mermaid's language: nodes, edges with labels, the direction. Subgraphs and the other kinds
/// of diagrams are not drawn here; styles are passed over.</summary>
/// <param name="Direction"><c>TB</c>, <c>BT</c>, <c>LR</c> or <c>RL</c>.</param>
/// <param name="Nodes">In the order in which they are named first.</param>
/// <param name="Edges">As they stand in the text.</param>
public sealed partial record Flowchart(string Direction, IReadOnlyList<FlowNode> Nodes, IReadOnlyList<FlowEdge> Edges)
{
    /// <summary>More would be no drawing that anyone reads, and its layout takes time.</summary>
    const int MostNodes = 300,
        MostEdges = 1000;

    static readonly (string Open, string Close, FlowShape Shape)[] Shapes =
    [
        ("([", "])", FlowShape.Stadium),
        ("((", "))", FlowShape.Circle),
        ("[(", ")]", FlowShape.Cylinder),
        ("{{", "}}", FlowShape.Hexagon),
        ("[", "]", FlowShape.Rectangle),
        ("(", ")", FlowShape.Rounded),
        ("{", "}", FlowShape.Rhombus),
    ];

    /// <exception cref="ArgumentException">It is not such a flowchart; the message names the line.</exception>
    public static Flowchart Parse(string text)
    {
        string? direction = null;
        var nodes = new Dictionary<string, FlowNode>();
        var order = new List<string>();
        var edges = new List<FlowEdge>();
        int number = 0;
        foreach (string written in text.ReplaceLineEndings("\n").Split('\n'))
        {
            number++;
            foreach (Match statement in Statement().Matches(written))
            {
                string line = statement.Value.Trim();
                if (line.StartsWith("%%", StringComparison.Ordinal))
                    break;
                if (line.Length == 0 || (direction is not null && Style().IsMatch(line)))
                    continue;
                if (direction is null)
                    direction = Head(line, number);
                else
                    new Reader(line, number, nodes, order, edges).Statement();
            }
        }
        if (order.Count == 0)
            throw new ArgumentException("a flowchart without a node: write 'flowchart LR', then 'A[one] --> B[other]'");
        if (order.Count > MostNodes || edges.Count > MostEdges)
            throw new ArgumentException(
                $"a flowchart of {order.Count} nodes and {edges.Count} edges: at most {MostNodes} and "
                    + $"{MostEdges} are drawn"
            );
        return new Flowchart(direction!, [.. order.Select(id => nodes[id])], edges);
    }

    static string Head(string line, int number)
    {
        Match head = Beginning().Match(line);
        if (!head.Success)
            throw new ArgumentException(
                $"line {number}: '{line}': only flowcharts are drawn here; begin with 'flowchart TB' or 'flowchart LR'"
            );
        string direction = head.Groups[1].Value;
        return direction is "" or "TD" ? "TB" : direction;
    }

    [GeneratedRegex(@"^(?:flowchart|graph)(?:\s+(TB|TD|BT|LR|RL))?$")]
    private static partial Regex Beginning();

    // Up to a semicolon or a comment; neither is one between quotes. What begins with %% is a comment.
    [GeneratedRegex(@"%%.*|(?:""[^""]*""|(?!%%)[^;])+")]
    private static partial Regex Statement();

    [GeneratedRegex(@"^(style|classDef|class|linkStyle)\s")]
    private static partial Regex Style();

    [GeneratedRegex(@"\G\s*([\p{L}\p{N}_]+(?:[.-][\p{L}\p{N}_]+)*)")]
    private static partial Regex Id();

    // -->, ---, -.->, ==>, with a label behind as |text| or inside as -- text -->
    [GeneratedRegex(
        @"\G\s*(?:(?:(-{2,}|-\.+-|={2,})(>)|(-{3,}|-\.+-|={3,}))(?:\s*\|([^|]*)\|)?"
            + @"|(--|-\.|==)\s+(.+?)\s+(?:-{2,}|\.+-|={2,})(>?))"
    )]
    private static partial Regex Line();

    [GeneratedRegex(@"\s*<br\s*/?>\s*|\\n")]
    private static partial Regex Break();

    sealed class Reader(
        string line,
        int number,
        Dictionary<string, FlowNode> nodes,
        List<string> order,
        List<FlowEdge> edges
    )
    {
        int at;

        public void Statement()
        {
            List<string> from = Group();
            while (!AtEnd())
            {
                (string label, char stroke, bool arrow) = Edge();
                List<string> to = Group();
                edges.AddRange(from.SelectMany(a => to.Select(b => new FlowEdge(a, b, label, stroke, arrow))));
                from = to;
            }
        }

        List<string> Group()
        {
            var group = new List<string> { Node() };
            while (Ahead("&"))
                group.Add(Node());
            return group;
        }

        string Node()
        {
            Match id = Id().Match(line, at);
            if (!id.Success)
                throw Unread("a node");
            string name = id.Groups[1].Value;
            if (name == "subgraph")
                throw new ArgumentException($"line {number}: subgraphs are not drawn here");
            at = id.Index + id.Length;
            foreach ((string open, string close, FlowShape shape) in Shapes)
            {
                if (string.CompareOrdinal(line, at, open, 0, open.Length) != 0)
                    continue;
                bool quoted = at + open.Length < line.Length && line[at + open.Length] == '"';
                int end = line.IndexOf(
                    quoted ? '"' + close : close,
                    at + open.Length + (quoted ? 1 : 0),
                    StringComparison.Ordinal
                );
                if (end < 0)
                    throw Unread($"a text that ends in {close}");
                string text = line[(at + open.Length + (quoted ? 1 : 0))..end];
                at = end + close.Length + (quoted ? 1 : 0);
                Know(new FlowNode(name, Lines(text), shape), anew: true);
                return name;
            }
            Know(new FlowNode(name, [name], FlowShape.Rectangle), anew: false);
            return name;
        }

        void Know(FlowNode node, bool anew)
        {
            if (!nodes.TryAdd(node.Id, node))
            {
                if (anew)
                    nodes[node.Id] = node;
                return;
            }
            order.Add(node.Id);
        }

        (string Label, char Stroke, bool Arrow) Edge()
        {
            Match edge = Line().Match(line, at);
            if (!edge.Success)
                throw Unread("an edge such as -->");
            at = edge.Index + edge.Length;
            bool inside = edge.Groups[5].Success;
            string stroke = edge.Groups[1].Value + edge.Groups[3].Value + edge.Groups[5].Value;
            return (
                Plain(edge.Groups[inside ? 6 : 4].Value),
                stroke.Contains('.') ? '.' : stroke[0],
                edge.Groups[inside ? 7 : 2].Length > 0
            );
        }

        bool Ahead(string mark)
        {
            int next = at;
            while (next < line.Length && char.IsWhiteSpace(line[next]))
                next++;
            if (string.CompareOrdinal(line, next, mark, 0, mark.Length) != 0)
                return false;
            at = next + mark.Length;
            return true;
        }

        bool AtEnd() => line.AsSpan(at).IsWhiteSpace();

        ArgumentException Unread(string expected) =>
            new($"line {number}: expected {expected} at '{line[at..].Trim()}'");

        static string[] Lines(string text) => [.. Break().Split(text).Select(Plain)];

        static string Plain(string text) => text.Trim().Trim('"');
    }
}
