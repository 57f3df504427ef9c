using System.Globalization;
using Deedle;
using Microsoft.Data.Analysis;

namespace RobustInference.Reporting;

/// <summary>Pivots tidy result rows into the paper's tables: accuracy in percent, mean ± standard deviation over seeds,
/// published beside ours.</summary>
/// <remarks>Reads the columns <c>accuracy</c> (0…1), and where they are there <c>std</c>, <c>published</c> and
/// <c>published_std</c>. The best of a column, as far as its decimals show, is bold. A cell is marked where our mean is
/// more than two published standard deviations from the published one.
/// </remarks>
public static class ResultTable
{
    /// <summary>The sign of a cell that is more than two published standard deviations from the published
    /// mean.</summary>
    public const string Mark = "*";

    /// <summary>A table of <paramref name="rowKey"/> × <paramref name="columnKey"/>, in blocks of rows where a
    /// <paramref name="groupKey"/> is given.</summary>
    /// <param name="rows">Tidy rows, at most one for each cell.</param>
    /// <param name="title">Shown over the table.</param>
    /// <param name="rowOrder">The rows from top to bottom; a row without results is shown as dashes, and a result
    /// outside of the orders is left out.</param>
    /// <param name="columnOrder">The columns from left to right.</param>
    /// <param name="rowKey">The column of <paramref name="rows"/> whose values name the rows.</param>
    /// <param name="columnKey">The column of <paramref name="rows"/> whose values name the columns.</param>
    /// <param name="groupKey">The column of <paramref name="rows"/> whose values name blocks of rows, for instance
    /// <c>dataset</c>.</param>
    /// <param name="groupOrder">The blocks from top to bottom; needed with <paramref name="groupKey"/>.</param>
    /// <param name="notes">Further lines under the table.</param>
    /// <exception cref="ArgumentException">Two rows for one cell, or a key column that is not there.</exception>
    public static Table Pivot(
        DataFrame rows,
        string title,
        IReadOnlyList<string> rowOrder,
        IReadOnlyList<string> columnOrder,
        string rowKey = "aggregator",
        string columnKey = "attack",
        string? groupKey = null,
        IReadOnlyList<string>? groupOrder = null,
        IReadOnlyList<string>? notes = null
    )
    {
        if (groupKey is not null && groupOrder is null)
            throw new ArgumentException("a group key needs an order of its groups", nameof(groupOrder));
        foreach (string key in new[] { rowKey, columnKey, groupKey ?? rowKey, "accuracy" })
            if (!Has(rows, key))
                throw new ArgumentException($"the rows have no column '{key}'", nameof(rows));

        var table = new List<IReadOnlyList<Cell>>();
        foreach (string? group in groupOrder ?? [null!])
        {
            int[] members =
            [
                .. Enumerable
                    .Range(0, (int)rows.Rows.Count)
                    .Where(i => groupKey is null || Text(rows, groupKey, i) == group),
            ];
            var block = Block(rows, members, rowKey, columnKey, rowOrder, columnOrder);
            for (int r = 0; r < rowOrder.Count; r++)
                table.Add([
                    .. groupKey is null ? (Cell[])[] : [r == 0 ? group : new Cell { Text = "" }],
                    rowOrder[r],
                    .. block[r],
                ]);
        }
        Column[] columns =
        [
            .. groupKey is null ? (Column[])[] : [Capital(groupKey)],
            Capital(rowKey),
            .. columnOrder.Select(name => Column.OfNumbers(name)),
        ];
        return new Table(title, columns, table, [.. Legend(table), .. notes ?? []]);
    }

    static Cell[][] Block(
        DataFrame rows,
        int[] members,
        string rowKey,
        string columnKey,
        IReadOnlyList<string> rowOrder,
        IReadOnlyList<string> columnOrder
    )
    {
        var cells = rowOrder.Select(_ => columnOrder.Select(_ => Cell.Missing).ToArray()).ToArray();
        if (members.Length == 0)
            return cells;
        var tidy = Frame.FromColumns([
            Series(rowKey, members.Select(i => (object)Text(rows, rowKey, i))),
            Series(columnKey, members.Select(i => (object)Text(rows, columnKey, i))),
            Series("at", members.Select(i => (object)i)),
        ]);
        var where = tidy.PivotTable<int, string, string, string, int>(
            rowKey,
            columnKey,
            same =>
                same.RowCount == 1
                    ? same.GetColumn<int>("at").FirstValue()
                    : throw new ArgumentException(
                        $"{same.RowCount} results for {same.GetColumn<string>(rowKey).FirstValue()}, "
                            + $"{same.GetColumn<string>(columnKey).FirstValue()}"
                    )
        );
        for (int c = 0; c < columnOrder.Count; c++)
        {
            if (!where.ColumnKeys.Contains(columnOrder[c]))
                continue;
            var column = where.GetColumn<int>(columnOrder[c]);
            for (int r = 0; r < rowOrder.Count; r++)
                if (column.TryGet(rowOrder[r]) is { HasValue: true } at)
                    cells[r][c] = Compared(rows, at.Value);
            Embolden(cells, c);
        }
        return cells;
    }

    static KeyValuePair<string, Series<int, object>> Series(string name, IEnumerable<object> values) =>
        new(name, new SeriesBuilder<int, object>().Filled(values));

    static Series<int, object> Filled(this SeriesBuilder<int, object> builder, IEnumerable<object> values)
    {
        int i = 0;
        foreach (object value in values)
            builder.Add(i++, value);
        return builder.Series;
    }

    static Cell Compared(DataFrame rows, int i)
    {
        double? mean = Number(rows, "accuracy", i),
            published = Number(rows, "published", i),
            deviation = Number(rows, "published_std", i);
        var cell = Cell.OfPercent(mean, Number(rows, "std", i));
        if (published is null)
            return cell;
        // The published numbers have one decimal: without the slack a difference of exactly two would depend on
        // rounding.
        bool differs =
            mean is not null
            && deviation is not null
            && Math.Abs(mean.Value - published.Value) > 2 * deviation.Value + 1e-9;
        return cell with { Excluded = Cell.OfPercent(published, deviation).Text, Mark = differs ? Mark : "" };
    }

    static void Embolden(Cell[][] cells, int c)
    {
        static double Shown(Cell cell) => cell.Number is { } share ? Cell.Shown(share) : double.NegativeInfinity;
        double best = cells.Max(row => Shown(row[c]));
        if (cells.Count(row => row[c].Number is not null) < 2)
            return;
        foreach (var row in cells)
            if (Shown(row[c]) == best)
                row[c] = row[c] with { IsBold = true };
    }

    static IEnumerable<string> Legend(List<IReadOnlyList<Cell>> table)
    {
        Cell[] cells = [.. table.SelectMany(row => row)];
        bool deviations = cells.Any(cell => cell.Text.Contains('±')),
            published = cells.Any(cell => cell.Excluded != "");
        yield return "Accuracy in %"
            + (deviations ? ", mean ± standard deviation over seeds" : "")
            + (published ? "; in parentheses as published" : "")
            + ".";
        if (cells.Any(cell => cell.Mark == Mark))
            yield return $"{Mark} More than two published standard deviations from the published mean.";
    }

    static bool Has(DataFrame rows, string column) => rows.Columns.Any(c => c.Name == column);

    static string Text(DataFrame rows, string column, int i) =>
        Convert.ToString(rows.Columns[column][i], CultureInfo.InvariantCulture) ?? "";

    static double? Number(DataFrame rows, string column, int i) =>
        Has(rows, column)
        && rows.Columns[column][i] is { } value
        && Convert.ToDouble(value, CultureInfo.InvariantCulture) is var number
        && !double.IsNaN(number)
            ? number
            : null;

    static string Capital(string key) => char.ToUpperInvariant(key[0]) + key[1..].Replace('_', ' ');
}
