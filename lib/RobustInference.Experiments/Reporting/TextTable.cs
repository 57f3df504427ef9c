namespace RobustInference.Reporting;

/// <summary>A <see cref="Table"/> as aligned columns of text.</summary>
static class TextTable
{
    const string Gap = "  ";

    public static string Write(Table table, int? width, bool bold)
    {
        var layout = new Layout(table, stacked: false);
        if (width is { } limit && layout.Width > limit && table.Rows.Any(row => row.Any(cell => cell.Excluded != "")))
            layout = new Layout(table, stacked: true);
        var lines = new List<string>();
        if (table.Title != "")
            lines.AddRange([table.Title, ""]);
        if (table.HasGroups)
            lines.AddRange(layout.GroupLines());
        lines.Add(layout.Line((c, w) => DisplayWidth.Pad(table.Columns[c].Header, w, table.Columns[c].Alignment)));
        lines.Add(layout.Line((_, w) => new string('-', w)));
        foreach (var row in table.Rows)
        {
            lines.Add(layout.Line((c, w) => layout.First(row[c], c, w, bold)));
            if (layout.IsStacked && row.Any(cell => cell.Excluded != ""))
                lines.Add(layout.Line((c, w) => layout.Second(row[c], c, w)));
        }
        if (table.Notes.Count > 0)
            lines.AddRange(["", .. table.Notes]);
        return string.Concat(lines.Select(line => line.TrimEnd() + "\n"));
    }

    /// <summary>Widths of a table's columns, and of the parts of its cells: text, what stands beside it,
    /// mark.</summary>
    sealed class Layout
    {
        readonly Table table;
        readonly int[] widths,
            besides,
            marks;

        public Layout(Table table, bool stacked)
        {
            this.table = table;
            IsStacked = stacked;
            int[] Widest(Func<Cell, string> part) =>
                [
                    .. table.Columns.Select(
                        (_, c) => table.Rows.Select(row => DisplayWidth.Of(part(row[c]))).DefaultIfEmpty().Max()
                    ),
                ];
            int[] texts = Widest(cell => cell.Text);
            besides = Widest(Excluded);
            marks = Widest(cell => cell.Mark);
            widths =
            [
                .. table.Columns.Select(
                    (column, c) =>
                        Math.Max(
                            DisplayWidth.Of(column.Header),
                            stacked
                                ? Math.Max(texts[c] + Apart(c), besides[c]) + marks[c]
                                : texts[c] + Apart(c) + besides[c] + marks[c]
                        )
                ),
            ];
            foreach (var (group, first, count) in table.Groups()) // a group's name may be wider than its columns
                widths[first + count - 1] += Math.Max(0, DisplayWidth.Of(group) - Span(first, count));
        }

        public bool IsStacked { get; }

        public int Width => Span(0, widths.Length);

        public string Line(Func<int, int, string> column) =>
            string.Join(Gap, widths.Select((width, c) => column(c, width)));

        public string[] GroupLines()
        {
            string Over(Func<string, int, string> draw) =>
                string.Join(Gap, table.Groups().Select(g => draw(g.Group, Span(g.First, g.Count))));
            return
            [
                Over((group, span) => DisplayWidth.Pad(group, span, Alignment.Centre)),
                Over((group, span) => new string(group == "" ? ' ' : '-', span)),
            ];
        }

        // Marks and what stands beside a value have places of their own, so that the values stay under each other.
        public string First(Cell cell, int c, int width, bool bold)
        {
            string beside =
                besides[c] == 0 ? ""
                : IsStacked ? " "
                : " " + DisplayWidth.Pad(Excluded(cell), besides[c], Alignment.Right);
            string whole = cell.Text + beside + DisplayWidth.Pad(cell.Mark, marks[c], Alignment.Left);
            string padded = DisplayWidth.Pad(whole, width, table.Columns[c].Alignment);
            int at = padded.IndexOf(cell.Text, StringComparison.Ordinal);
            return bold && cell.IsBold
                ? $"{padded[..at]}\e[1m{cell.Text}\e[0m{padded[(at + cell.Text.Length)..]}"
                : padded;
        }

        public string Second(Cell cell, int c, int width) =>
            DisplayWidth.Pad(Excluded(cell) + new string(' ', marks[c]), width, table.Columns[c].Alignment);

        int Apart(int c) => besides[c] == 0 ? 0 : 1;

        int Span(int first, int count) => widths.AsSpan(first, count).ToArray().Sum() + Gap.Length * (count - 1);

        static string Excluded(Cell cell) => cell.Excluded == "" ? "" : $"({cell.Excluded})";
    }
}
