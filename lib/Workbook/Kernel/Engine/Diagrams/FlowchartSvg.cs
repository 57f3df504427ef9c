using System.Globalization;
using System.Net;
using System.Text;
using RobustInference.Reporting;

namespace Workbook.Kernel.Engine.Diagrams;

/// <summary>Draws a flowchart: on paper of its own, light or dark as its reader prefers, the same bytes for the same
/// chart.</summary>
public static class FlowchartSvg
{
    const double FontSize = 13,
        LineHeight = 17,
        Padding = 12,
        Margin = 12,
        NodeGap = 28,
        LayerGap = 46,
        LabelRoom = 24;

    // Attributes are the light colours; rules, which come before attributes, the dark ones. Where a drawing stands
    // within a page, its rules hold for the whole page: hence the names.
    static readonly string Dark =
        $"@media (prefers-color-scheme: dark){{.flow-paper{{fill:{Theme.Dark.Paper}}}"
        + $".flow-ink{{fill:{Theme.Dark.Text}}}.flow-line{{stroke:{Theme.Dark.Text}}}"
        + ".flow-box{fill:#1d2b3d;stroke:#79a9dc}}";

    /// <summary>What lines look like, as attributes.</summary>
    public static readonly string Line = $"class=\"flow-line\" fill=\"none\" stroke=\"{Theme.Light.Text}\"";

    /// <summary>What text and the heads of lines look like.</summary>
    public static readonly string Ink = $"class=\"flow-ink\" fill=\"{Theme.Light.Text}\"";

    /// <summary>What is behind it all.</summary>
    public static readonly string Paper = $"class=\"flow-paper\" fill=\"{Theme.Light.Paper}\"";

    /// <summary>The drawing as an SVG document.</summary>
    public static string Draw(Flowchart chart)
    {
        bool across = chart.Direction is "LR" or "RL",
            reversed = chart.Direction is "BT" or "RL";
        (double Width, double Height)[] sizes = [.. chart.Nodes.Select(Size)];
        Dictionary<string, int> index = chart
            .Nodes.Select((node, i) => (node.Id, i))
            .ToDictionary(pair => pair.Id, pair => pair.i);
        var layout = new LayeredLayout(
            [.. sizes.Select(size => across ? size.Height : size.Width)],
            [.. chart.Edges.Select(edge => (index[edge.From], index[edge.To]))],
            NodeGap
        );
        Flow flow = Along(layout, sizes, across, Gaps(chart, layout, across));

        (double X, double Y) Point(int node)
        {
            double along = flow.Middles[layout.Layers[node]],
                place = layout.Places[node];
            if (reversed)
                along = flow.Length - along;
            return across ? (Margin + along, Margin + place) : (Margin + place, Margin + along);
        }

        double breadth = sizes.Select((size, i) => layout.Places[i] + (across ? size.Height : size.Width) / 2).Max(),
            width = 2 * Margin + (across ? flow.Length : breadth),
            height = 2 * Margin + (across ? breadth : flow.Length);
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{width:0}" height="{height:0}"
                 viewBox="0 0 {width:0} {height:0}"
                 font-family="DejaVu Sans, Verdana, sans-serif" font-size="{FontSize}"
                 text-anchor="middle" {Ink}>
            <title>{WebUtility.HtmlEncode(Title(chart))}</title>
            <style>{Dark}</style>
            <rect width="100%" height="100%" rx="6" {Paper}/>

            """
        );
        var texts = new StringBuilder();
        for (int i = 0; i < chart.Edges.Count; i++)
            FlowchartEdge.Draw(
                svg,
                texts,
                chart.Edges[i],
                [.. layout.Routes[i].Select(Point)],
                sizes[index[chart.Edges[i].From]],
                sizes[index[chart.Edges[i].To]],
                across
            );
        for (int i = 0; i < chart.Nodes.Count; i++)
            DrawNode(svg, chart.Nodes[i], Point(i), sizes[i]);
        return svg.Append(texts).Append("</svg>\n").ToString();
    }

    /// <summary>What a line of text takes, about: letters of DejaVu Sans.</summary>
    public static double Width(string text) =>
        FontSize
        * text.Sum(letter =>
            letter switch
            {
                'i' or 'j' or 'l' or '.' or ',' or ':' or ';' or '|' or '\'' or '!' or 'I' => 0.32,
                ' ' or 'f' or 't' or 'r' or '(' or ')' or '[' or ']' or '/' or '-' => 0.4,
                'm' or 'w' or 'M' or 'W' or '@' or '%' => 0.95,
                _ => char.IsUpper(letter) ? 0.7 : 0.63,
            }
        );

    static (double Width, double Height) Size(FlowNode node)
    {
        double width = node.Lines.Max(Width) + 2 * Padding,
            height = node.Lines.Count * LineHeight + 1.4 * Padding;
        return node.Shape switch
        {
            FlowShape.Circle => (Math.Max(width, height), Math.Max(width, height)),
            FlowShape.Rhombus => (width * 1.5, height * 1.6),
            FlowShape.Hexagon or FlowShape.Stadium => (width + 16, height),
            FlowShape.Cylinder => (width, height + 14),
            _ => (width, height),
        };
    }

    sealed record Flow(double[] Middles, double Length);

    // Behind each layer: a label takes room, and its line shall be seen on both sides of it.
    static double[] Gaps(Flowchart chart, LayeredLayout layout, bool across)
    {
        double[] gaps = new double[layout.Layers.Max() + 1];
        Array.Fill(gaps, LayerGap);
        for (int i = 0; i < chart.Edges.Count; i++)
        {
            FlowEdge edge = chart.Edges[i];
            IReadOnlyList<int> route = layout.Routes[i];
            int piece = FlowchartEdge.Labelled(route.Count),
                layer = Math.Min(layout.Layers[route[piece]], layout.Layers[route[piece + 1]]);
            if (edge.Label.Length > 0)
                gaps[layer] = Math.Max(gaps[layer], LayerGap + LabelRoom + (across ? Width(edge.Label) : LineHeight));
        }
        return gaps;
    }

    static Flow Along(LayeredLayout layout, (double Width, double Height)[] sizes, bool across, double[] gaps)
    {
        double[] depths = new double[layout.Layers.Max() + 1];
        for (int i = 0; i < sizes.Length; i++)
            depths[layout.Layers[i]] = Math.Max(depths[layout.Layers[i]], across ? sizes[i].Width : sizes[i].Height);
        double[] middles = new double[depths.Length];
        double length = 0;
        for (int i = 0; i < depths.Length; i++)
        {
            middles[i] = length + depths[i] / 2;
            length += depths[i] + gaps[i];
        }
        return new Flow(middles, length - gaps[^1]);
    }

    static void DrawNode(StringBuilder svg, FlowNode node, (double X, double Y) at, (double Width, double Height) size)
    {
        (double w, double h) = (size.Width / 2, size.Height / 2);
        const string Box = "class=\"flow-box\" fill=\"#eaf1fb\" stroke=\"#3b6ea8\"";
        string outline = node.Shape switch
        {
            FlowShape.Circle => Invariant($"<circle cx=\"{at.X:0.#}\" cy=\"{at.Y:0.#}\" r=\"{w:0.#}\" {Box}/>"),
            FlowShape.Rhombus => Polygon((0, -h), (w, 0), (0, h), (-w, 0)),
            FlowShape.Hexagon => Polygon((-w + 12, -h), (w - 12, -h), (w, 0), (w - 12, h), (-w + 12, h), (-w, 0)),
            FlowShape.Cylinder => Invariant($"<path d=\"M{at.X - w:0.#},{at.Y - h + 7:0.#} v{2 * h - 14:0.#} ")
                + Invariant($"a{w:0.#},7 0 0 0 {2 * w:0.#},0 v{14 - 2 * h:0.#} a{w:0.#},7 0 0 0 {-2 * w:0.#},0 ")
                + Invariant($"a{w:0.#},7 0 0 0 {2 * w:0.#},0\" {Box}/>"),
            _ => Invariant($"<rect x=\"{at.X - w:0.#}\" y=\"{at.Y - h:0.#}\" width=\"{size.Width:0.#}\" ")
                + Invariant($"height=\"{size.Height:0.#}\" rx=\"{Corner(node.Shape, h):0.#}\" {Box}/>"),
        };
        svg.Append(outline).Append('\n');
        double top = at.Y - (node.Lines.Count - 1) * LineHeight / 2 + FontSize * 0.35;
        if (node.Shape == FlowShape.Cylinder)
            top += 4;
        for (int i = 0; i < node.Lines.Count; i++)
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text x=\"{at.X:0.#}\" y=\"{top + i * LineHeight:0.#}\">"
                    + $"{WebUtility.HtmlEncode(node.Lines[i])}</text>\n"
            );

        string Polygon(params ReadOnlySpan<(double X, double Y)> corners)
        {
            var points = new StringBuilder();
            foreach ((double x, double y) in corners)
                points.Append(CultureInfo.InvariantCulture, $"{at.X + x:0.#},{at.Y + y:0.#} ");
            return $"<polygon points=\"{points.ToString().Trim()}\" {Box}/>";
        }
    }

    static double Corner(FlowShape shape, double half) =>
        shape switch
        {
            FlowShape.Rounded => 8,
            FlowShape.Stadium => half,
            _ => 1,
        };

    static string Title(Flowchart chart) =>
        $"Flowchart of {string.Join(", ", chart.Nodes.Select(node => string.Join(' ', node.Lines)))}";

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
