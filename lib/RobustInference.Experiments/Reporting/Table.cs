namespace RobustInference.Reporting;

/// <summary>A table as a plain, immutable description; it is shown as aligned text, HTML, CSV or Markdown.</summary>
[TypeFormatterSource(typeof(TableFormatters), PreferredMimeTypes = ["text/html", "text/plain"])]
public sealed class Table
{
    /// <param name="title">Shown over the table; empty for none.</param>
    /// <param name="columns">At least one.</param>
    /// <param name="rows">Each with a cell for every column.</param>
    /// <param name="notes">Lines under the table, such as what a mark means.</param>
    /// <exception cref="ArgumentException">No columns, or a row with another number of cells.</exception>
    public Table(
        string title,
        IReadOnlyList<Column> columns,
        IReadOnlyList<IReadOnlyList<Cell>> rows,
        IReadOnlyList<string>? notes = null
    )
    {
        if (columns.Count == 0)
            throw new ArgumentException("a table needs a column", nameof(columns));
        for (int r = 0; r < rows.Count; r++)
            if (rows[r].Count != columns.Count)
                throw new ArgumentException(
                    $"row {r} has {rows[r].Count} cells, the table {columns.Count} columns",
                    nameof(rows)
                );
        Title = title;
        Columns = [.. columns];
        Rows = [.. rows.Select(row => (IReadOnlyList<Cell>)[.. row])];
        Notes = [.. notes ?? []];
    }

    public string Title { get; }

    public IReadOnlyList<Column> Columns { get; }

    public IReadOnlyList<IReadOnlyList<Cell>> Rows { get; }

    public IReadOnlyList<string> Notes { get; }

    /// <summary>Aligned columns for a terminal or a log.</summary>
    /// <param name="width">Where the lines would be longer than this, what stands beside a cell goes under it; where
    /// they still are, the table is split, its columns of text on the left in each part. Null for no limit.</param>
    /// <param name="bold">Bold cells through terminal escapes; without, they look like the others.</param>
    public string ToText(int? width = null, bool bold = false) => TextTable.Write(this, width, bold);

    /// <summary>A self-contained fragment, legible on light and dark, without scripts.</summary>
    public string ToHtml() => HtmlTable.Write(this);

    /// <summary>RFC 4180 (lines end in CR LF): a header line, then the rows, numbers in full; without title and
    /// notes.</summary>
    public string ToCsv() => CsvTable.Write(this);

    /// <summary>A pipe table, as code hosts show it; group headers join the column's own.</summary>
    public string ToMarkdown() => MarkdownTable.Write(this);

    /// <summary>The aligned text.</summary>
    public override string ToString() => ToText();

    /// <summary>Runs of neighbouring columns with the same group: group, first column, number of columns.</summary>
    internal IEnumerable<(string Group, int First, int Count)> Groups()
    {
        for (int first = 0, next; first < Columns.Count; first = next)
        {
            next = first + 1;
            while (Columns[first].Group != "" && next < Columns.Count && Columns[next].Group == Columns[first].Group)
                next++;
            yield return (Columns[first].Group, first, next - first);
        }
    }

    internal bool HasGroups => Columns.Any(column => column.Group != "");
}
