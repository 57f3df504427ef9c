using System.Globalization;
using System.Text;

namespace RobustInference.Reporting;

/// <summary>The setting of robust federated inference (paper, Figure 1): n clients answer a query, f of them are
/// corrupted, the server aggregates.</summary>
public static class SettingDrawing
{
    const int Width = 860,
        RowHeight = 62,
        Top = 74;
    const double ClientX = 250,
        RowX = 400,
        ServerX = 640;

    /// <summary>Draws the clients, one of five corrupted unless asked for otherwise, with answers over four
    /// classes.</summary>
    /// <param name="clients">How many are drawn, 2…9.</param>
    /// <param name="corrupted">Which of them are corrupted, counted from 0.</param>
    /// <param name="theme">Its colours; by default those that read on light and dark.</param>
    /// <exception cref="ArgumentOutOfRangeException">Another number of clients, or a corrupted client that is not
    /// there.</exception>
    public static Drawing Draw(int clients = 5, IReadOnlyCollection<int>? corrupted = null, Theme? theme = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(clients, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(clients, 9);
        corrupted ??= [clients - 2];
        foreach (int c in corrupted)
            if (c < 0 || c >= clients)
                throw new ArgumentOutOfRangeException(nameof(corrupted), $"client {c} is none of 0…{clients - 1}");
        return new Pen(clients, [.. corrupted.Order()], theme ?? Theme.Neutral).Draw();
    }

    sealed class Pen(int clients, int[] corrupted, Theme theme)
    {
        readonly StringBuilder svg = new();
        readonly int height = Top + clients * RowHeight + 30;

        double Middle => Top + clients * RowHeight / 2.0;

        public Drawing Draw()
        {
            string title =
                $"Robust federated inference: {clients} clients answer a query, {corrupted.Length} "
                + "corrupted; the server aggregates their probits";
            if (theme.Paper is { } paper)
                svg.Append($"<rect width=\"{Width}\" height=\"{height}\" fill=\"{paper}\"/>");
            Text(70, 34, "query x", 14);
            Text(ClientX, 34, "n clients, f corrupted", 14);
            Text(RowX + 56, 34, "probits in Δᴷ", 14);
            Text(ServerX, 34, "server", 14);
            Box(34, Middle - 26, 72, 52, theme.Text);
            Text(70, Middle + 6, "x", 18);
            for (int c = 0; c < clients; c++)
                Client(c, Top + c * RowHeight + RowHeight / 2.0);
            Box(ServerX - 62, Middle - 46, 124, 92, theme.Text);
            Text(ServerX, Middle - 12, "aggregator ψ", 13);
            Text(ServerX, Middle + 10, "argmax of", 12);
            Text(ServerX, Middle + 27, "its scores", 12);
            Arrow(ServerX + 62, Middle, 744, Middle, theme.Text);
            Text(792, Middle - 6, "answer", 13);
            Text(792, Middle + 14, "ŷ ∈ 1…K", 13);
            return new Drawing(title, SvgDocument.Open(Width, height, title) + svg + "</svg>\n");
        }

        void Client(int c, double y)
        {
            bool lies = corrupted.Contains(c);
            string colour = Palette.At(lies ? 3 : 0);
            Arrow(106, Middle, ClientX - 62, y, theme.Grid);
            Box(ClientX - 62, y - 21, 124, 42, colour, dashed: lies);
            Text(ClientX, y + (lies ? -3 : 5), $"client {c}", 13);
            if (lies)
                Text(ClientX, y + 13, "corrupted", 11, colour);
            Arrow(ClientX + 62, y, RowX, y, colour);
            double[] row = lies ? [0.02, 0.05, 0.9, 0.03] : [0.55 + 0.07 * (c % 3), 0.2 - 0.03 * (c % 2), 0.1, 0.08];
            for (int k = 0; k < row.Length; k++)
            {
                double tall = Math.Max(2, 38 * row[k]);
                svg.Append(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"<rect x=\"{RowX + 8 + 26 * k}\" y=\"{y + 19 - tall:0.#}\" width=\"20\" "
                            + $"height=\"{tall:0.#}\" rx=\"1.5\" fill=\"{colour}\"/>"
                    )
                );
            }
            Line(RowX + 4, y + 19.5, RowX + 110, y + 19.5, theme.Grid);
            Arrow(RowX + 118, y, ServerX - 62, Middle + (y - Middle) * 0.22, colour);
        }

        void Box(double x, double y, double width, double tall, string colour, bool dashed = false) =>
            svg.Append(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"<rect x=\"{x:0.#}\" y=\"{y:0.#}\" width=\"{width:0.#}\" height=\"{tall:0.#}\" rx=\"7\" "
                        + $"fill=\"{colour}\" fill-opacity=\"0.1\" stroke=\"{colour}\" stroke-width=\"1.6\""
                        + $"{(dashed ? " stroke-dasharray=\"5 3\"" : "")}/>"
                )
            );

        void Text(double x, double y, string text, int size, string? colour = null) =>
            svg.Append(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" font-size=\"{size}\" "
                        + $"font-family=\"DejaVu Sans, Verdana, sans-serif\" "
                        + $"text-anchor=\"middle\" fill=\"{colour ?? theme.Text}\">{SvgDocument.Escaped(text)}</text>"
                )
            );

        void Line(double x1, double y1, double x2, double y2, string colour) =>
            svg.Append(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"<line x1=\"{x1:0.#}\" y1=\"{y1:0.#}\" x2=\"{x2:0.#}\" y2=\"{y2:0.#}\" "
                        + $"stroke=\"{colour}\" stroke-width=\"1.4\"/>"
                )
            );

        // The head is a path of its own: a marker would need an id, and ids clash where a page holds several drawings.
        void Arrow(double x1, double y1, double x2, double y2, string colour)
        {
            double angle = Math.Atan2(y2 - y1, x2 - x1),
                backX = x2 - 9 * Math.Cos(angle),
                backY = y2 - 9 * Math.Sin(angle);
            double sideX = 4 * Math.Sin(angle),
                sideY = -4 * Math.Cos(angle);
            Line(x1, y1, backX, backY, colour);
            svg.Append(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"<path d=\"M{x2:0.#} {y2:0.#}L{backX + sideX:0.#} {backY + sideY:0.#}"
                        + $"L{backX - sideX:0.#} {backY - sideY:0.#}Z\" fill=\"{colour}\"/>"
                )
            );
        }
    }
}
