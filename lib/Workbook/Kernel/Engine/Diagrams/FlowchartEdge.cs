using System.Globalization;
using System.Net;
using System.Text;

namespace Workbook.Kernel.Engine.Diagrams;

/// <summary>Draws an edge: a curve from border to border, its head, its label.</summary>
static class FlowchartEdge
{
    const double Head = 8;

    /// <param name="lines">Takes the curve.</param>
    /// <param name="texts">Takes the label, which is to lie above all lines.</param>
    /// <param name="edge">What is drawn.</param>
    /// <param name="points">The middles of what it passes, its two nodes included.</param>
    /// <param name="from">The size of the node where it begins.</param>
    /// <param name="to">The size of the node where it ends.</param>
    /// <param name="across">Whether layers follow each other from left to right.</param>
    public static void Draw(
        StringBuilder lines,
        StringBuilder texts,
        FlowEdge edge,
        (double X, double Y)[] points,
        (double Width, double Height) from,
        (double Width, double Height) to,
        bool across
    )
    {
        if (edge.From == edge.To)
            points = [points[0], points[0]];
        double sign = Math.Sign(across ? points[^1].X - points[0].X : points[^1].Y - points[0].Y);
        if (sign == 0)
            sign = 1;
        (double X, double Y)[] path = [.. points];
        path[0] = Moved(points[0], sign * Half(from));
        path[^1] = Moved(points[^1], -sign * (Half(to) + (edge.Arrow ? Head - 1 : 0)));

        var curve = new StringBuilder();
        curve.Append(CultureInfo.InvariantCulture, $"M{path[0].X:0.#},{path[0].Y:0.#}");
        for (int i = 1; i < path.Length; i++)
        {
            double reach = (across ? path[i].X - path[i - 1].X : path[i].Y - path[i - 1].Y) / 2;
            (double X, double Y) a = Moved(path[i - 1], reach),
                b = Moved(path[i], -reach);
            curve.Append(
                CultureInfo.InvariantCulture,
                $" C{a.X:0.#},{a.Y:0.#} {b.X:0.#},{b.Y:0.#} {path[i].X:0.#},{path[i].Y:0.#}"
            );
        }
        string stroke = edge.Stroke switch
        {
            '.' => " stroke-dasharray=\"4 3\"",
            '=' => " stroke-width=\"2.5\"",
            _ => "",
        };
        lines.Append($"<path d=\"{curve}\" {FlowchartSvg.Line}{stroke}/>\n");
        if (edge.Arrow)
            DrawHead(lines, path[^1], sign);
        if (edge.Label.Length > 0)
            DrawLabel(texts, edge.Label, path);

        double Half((double Width, double Height) size) => (across ? size.Width : size.Height) / 2;

        (double X, double Y) Moved((double X, double Y) point, double by) =>
            across ? (point.X + by, point.Y) : (point.X, point.Y + by);

        void DrawHead(StringBuilder svg, (double X, double Y) at, double way)
        {
            (double X, double Y) tip = Moved(at, way * Head);
            (double X, double Y) left = across ? (at.X, at.Y - 4) : (at.X - 4, at.Y),
                right = across ? (at.X, at.Y + 4) : (at.X + 4, at.Y);
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<path d=\"M{tip.X:0.#},{tip.Y:0.#} L{left.X:0.#},{left.Y:0.#} "
                    + $"L{right.X:0.#},{right.Y:0.#} Z\" {FlowchartSvg.Ink}/>\n"
            );
        }
    }

    /// <summary>The piece of a path in whose middle the label stands: the middle one.</summary>
    /// <param name="points">How many points the path has; at least two.</param>
    public static int Labelled(int points) => (points - 1) / 2;

    static void DrawLabel(StringBuilder svg, string label, (double X, double Y)[] path)
    {
        int piece = Labelled(path.Length);
        double x = (path[piece].X + path[piece + 1].X) / 2,
            y = (path[piece].Y + path[piece + 1].Y) / 2,
            width = FlowchartSvg.Width(label) + 6;
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<rect x=\"{x - width / 2:0.#}\" y=\"{y - 8:0.#}\" width=\"{width:0.#}\" height=\"16\" "
                + $"{FlowchartSvg.Paper}/>"
                + $"<text x=\"{x:0.#}\" y=\"{y + 4.5:0.#}\">{WebUtility.HtmlEncode(label)}</text>\n"
        );
    }
}
