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
        if (width is { } most && layout.Width > most && Parts(table, layout, most) is { Count: > 1 } parts)
            return string.Join("\n", parts.Select(part => Write(part, null, bold, layout.IsStacked, most)));
        return Write(table, layout, bold, width);
    }

    static string Write(Table table, int? width, bool bold, bool stacked, int most) =>
        Write(table, new Layout(table, stacked), bold, width ?? most);

    /// <summary>The table in several, each no wider than <paramref name="most"/> where a column fits: columns of text
    /// on the left stand in each.</summary>
    static List<Table> Parts(Table table, Layout layout, int most)
    {
        int keys = 1;
        while (keys < table.Columns.Count && table.Columns[keys].Alignment == Alignment.Left)
            keys++;
        if (keys == table.Columns.Count)
            keys = 1;
        int left = layout.Widths.Take(keys).Sum(width => width + Gap.Length),
            room = 0;
        var blocks = new List<List<int>>();
        for (int c = keys; c < table.Columns.Count; c++)
        {
            int own = layout.Widths[c] + Gap.Length;
            if (blocks.Count == 0 || room + own > most - left + Gap.Length)
            {
                blocks.Add([]);
                room = 0;
            }
            blocks[^1].Add(c);
            room += own;
        }
        return
        [
            .. blocks.Select(
                (block, i) =>
                {
                    int[] columns = [.. Enumerable.Range(0, keys), .. block];
                    return new Table(
                        i == 0 ? table.Title : "",
                        [.. columns.Select(c => table.Columns[c])],
                        [.. table.Rows.Select(row => (IReadOnlyList<Cell>)[.. columns.Select(c => row[c])])],
                        i == blocks.Count - 1 ? table.Notes : []
                    );
                }
            ),
        ];
    }

    static string Write(Table table, Layout layout, bool bold, int? width)
    {
        var lines = new List<string>();
        if (table.Title != "")
            lines.AddRange([.. Folded(table.Title, width), ""]);
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
            lines.AddRange(["", .. table.Notes.SelectMany(note => Folded(note, width))]);
        return string.Concat(lines.Select(line => line.TrimEnd() + "\n"));
    }

    /// <summary>Prose in lines of a width, broken between words.</summary>
    static IEnumerable<string> Folded(string text, int? width)
    {
        if (width is not { } most || DisplayWidth.Of(text) <= most)
        {
            yield return text;
            yield break;
        }
        string line = "";
        foreach (string word in text.Split(' '))
        {
            if (line != "" && DisplayWidth.Of(line) + 1 + DisplayWidth.Of(word) > most)
            {
                yield return line;
                line = "";
            }
            line += (line == "" ? "" : " ") + word;
        }
        yield return line;
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

        public IReadOnlyList<int> Widths => widths;

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
