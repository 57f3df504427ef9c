using System.Xml.Linq;
using CsCheck;
using Workbook.Kernel.Engine.Diagrams;

namespace Tests.Workbook.Kernel.Engine;

public class FlowchartTests
{
    [Fact]
    public void Nodes_edges_and_labels_are_read()
    {
        Flowchart chart = Flowchart.Parse(
            """
            graph LR
              %% who speaks to whom
              A["n clients (17)"] --> B((φ)) -->|"trim f"| C{ok?}
              A & D -- mean --> C
              C -.-> E([end]); C ==> F[(results)]
              style A fill:#fff
              E --- A
            """
        );
        Assert.Equal("LR", chart.Direction);
        Assert.Equal(["A", "B", "C", "D", "E", "F"], chart.Nodes.Select(node => node.Id));
        Assert.Equal(["n clients (17)"], chart.Nodes[0].Lines);
        Assert.Equal(
            [
                FlowShape.Rectangle,
                FlowShape.Circle,
                FlowShape.Rhombus,
                FlowShape.Rectangle,
                FlowShape.Stadium,
                FlowShape.Cylinder,
            ],
            chart.Nodes.Select(node => node.Shape)
        );
        Assert.Equal(
            [
                new FlowEdge("A", "B", "", '-', true),
                new FlowEdge("B", "C", "trim f", '-', true),
                new FlowEdge("A", "C", "mean", '-', true),
                new FlowEdge("D", "C", "mean", '-', true),
                new FlowEdge("C", "E", "", '.', true),
                new FlowEdge("C", "F", "", '=', true),
                new FlowEdge("E", "A", "", '-', false),
            ],
            chart.Edges
        );
    }

    [Fact]
    public void Between_quotes_a_semicolon_or_a_comment_sign_is_text()
    {
        Flowchart chart = Flowchart.Parse(
            "flowchart LR; A[\"trim; then 100 %% mean\"] -->|\"a; b\"| B; B --> C %% C; D\nC --> E;"
        );
        Assert.Equal(["trim; then 100 %% mean"], chart.Nodes[0].Lines);
        Assert.Equal(["A", "B", "C", "E"], chart.Nodes.Select(node => node.Id));
        Assert.Equal(new FlowEdge("A", "B", "a; b", '-', true), chart.Edges[0]);
    }

    [Theory]
    [InlineData("sequenceDiagram\nA->>B: x", "line 1: 'sequenceDiagram': only flowcharts")]
    [InlineData("flowchart LR\nA --> B\nA => B", "line 3: expected an edge such as --> at '=> B'")]
    [InlineData("flowchart LR\nA[open", "line 2: expected a text that ends in ]")]
    [InlineData("flowchart TB\nsubgraph x", "line 2: subgraphs are not drawn here")]
    [InlineData("flowchart TB\nA -->", "line 2: expected a node")]
    [InlineData("flowchart TB", "without a node")]
    public void What_is_not_drawn_is_refused_with_its_line(string text, string message) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => Flowchart.Parse(text)).Message);

    [Fact]
    public void A_line_with_a_label_is_longer_by_the_label_and_by_what_is_seen_of_it()
    {
        double[] gaps = Gaps("flowchart LR\nA --> B == training ==> C");
        Assert.InRange(gaps[1] - gaps[0], FlowchartSvg.Width("training") + 20, FlowchartSvg.Width("training") + 30);

        static double[] Gaps(string text)
        {
            XNamespace svg = "http://www.w3.org/2000/svg";
            (double Left, double Width)[] boxes =
            [
                .. XDocument
                    .Parse(FlowchartSvg.Draw(Flowchart.Parse(text)))
                    .Descendants(svg + "rect")
                    .Where(box => (string?)box.Attribute("class") == "flow-box")
                    .Select(box => ((double)box.Attribute("x")!, (double)box.Attribute("width")!))
                    .Order(),
            ];
            return [.. boxes.Zip(boxes.Skip(1), (one, next) => next.Left - one.Left - one.Width)];
        }
    }

    [Fact]
    public void Boxes_do_not_overlap_and_edges_point_down()
    {
        Gen.Select(Gen.Int[2, 12], Gen.Int[0, 25], Gen.Int[0, 1 << 30])
            .Sample(
                (nodes, edges, seed) =>
                {
                    var random = new Random(seed);
                    (int, int)[] lines =
                    [
                        .. Enumerable.Range(0, edges).Select(_ => (random.Next(nodes), random.Next(nodes))),
                    ];
                    double[] breadths = [.. Enumerable.Range(0, nodes).Select(_ => 20 + 80 * random.NextDouble())];
                    var layout = new LayeredLayout(breadths, lines, gap: 10);
                    for (int a = 0; a < nodes; a++)
                    for (int b = 0; b < a; b++)
                        if (layout.Layers[a] == layout.Layers[b])
                            Assert.True(
                                Math.Abs(layout.Places[a] - layout.Places[b])
                                    >= (breadths[a] + breadths[b]) / 2 + 10 - 1e-6
                            );
                    for (int i = 0; i < lines.Length; i++)
                    {
                        IReadOnlyList<int> route = layout.Routes[i];
                        Assert.Equal(lines[i], (route[0], route[^1]));
                        int[] steps = [.. route.Zip(route.Skip(1), (a, b) => layout.Layers[b] - layout.Layers[a])];
                        Assert.True(
                            lines[i].Item1 == lines[i].Item2 || steps.All(s => s == steps[0] && Math.Abs(s) == 1)
                        );
                    }
                },
                seed: "0000KOIgaXL5",
                iter: 300
            );
    }

    [Fact]
    public void The_drawing_is_one_SVG_that_holds_every_text_and_no_markup_of_theirs()
    {
        string svg = FlowchartSvg.Draw(
            Flowchart.Parse("flowchart TD\nA[\"<script>\"] -->|a & b| B[two<br>lines]\nB --> A\nB --> B")
        );
        XElement root = XDocument.Parse(svg).Root!;
        XNamespace space = "http://www.w3.org/2000/svg";
        Assert.Equal(
            ["<script>", "two", "lines", "a & b"],
            root.Descendants(space + "text").Select(text => text.Value)
        );
        Assert.Empty(root.Descendants(space + "script"));
        Assert.Equal(
            svg,
            FlowchartSvg.Draw(
                Flowchart.Parse("flowchart TD\nA[\"<script>\"] -->|a & b| B[two<br>lines]\nB --> A\nB --> B")
            )
        );
        // Whatever has a colour has another one in the dark.
        string dark = root.Element(space + "style")!.Value;
        Assert.StartsWith("@media (prefers-color-scheme: dark)", dark);
        Assert.All(
            root.DescendantsAndSelf().Where(element => element.Attribute("fill") is not null),
            element => Assert.Contains($".{element.Attribute("class")?.Value}{{", dark)
        );
        double width = double.Parse(root.Attribute("width")!.Value);
        Assert.All(
            root.Descendants(space + "rect").Skip(1),
            box => Assert.InRange((double)box.Attribute("x")! + (double)box.Attribute("width")!, 0, width)
        );
    }
}
