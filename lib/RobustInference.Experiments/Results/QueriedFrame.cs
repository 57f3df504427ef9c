using System.Data.Common;
using System.Globalization;
using System.Numerics;
using Microsoft.Data.Analysis;
using RobustInference.Reporting;

namespace RobustInference.Results;

/// <summary>The rows of a query as a data frame: whole numbers as long, other numbers as double, truth values as bool,
/// everything else as text. It shows its first rows as a table in any notebook.</summary>
[TypeFormatterSource(typeof(QueriedFrameFormatters), PreferredMimeTypes = ["text/html", "text/plain"])]
public sealed class QueriedFrame : DataFrame
{
    const int ShownRows = 50;

    QueriedFrame(IEnumerable<DataFrameColumn> columns)
        : base(columns) { }

    /// <summary>The first rows as a table; a note says how many there are where there are more.</summary>
    public Table FirstRows()
    {
        int rows = (int)Math.Min(ShownRows, Rows.Count);
        return new Table(
            "",
            [
                .. Columns.Select(column =>
                    column is StringDataFrameColumn or BooleanDataFrameColumn
                        ? new Column(column.Name)
                        : Column.OfNumbers(column.Name)
                ),
            ],
            [
                .. Enumerable
                    .Range(0, rows)
                    .Select(row => (IReadOnlyList<Cell>)[.. Columns.Select(column => Shown(column[row]))]),
            ],
            Rows.Count > rows ? [$"{rows} of {Rows.Count} rows"] : null
        );
    }

    static Cell Shown(object? value) =>
        value is double number
            ? Cell.Of(number, "0.######")
            : Cell.Of(Convert.ToString(value, CultureInfo.InvariantCulture));

    /// <summary>Reads to the end.</summary>
    internal static QueriedFrame Of(DbDataReader reader)
    {
        var values = Enumerable.Range(0, reader.FieldCount).Select(_ => new List<object?>()).ToArray();
        while (reader.Read())
            for (int i = 0; i < values.Length; i++)
                values[i].Add(reader.IsDBNull(i) ? null : reader.GetValue(i));
        return new QueriedFrame(
            values.Select((column, i) => ColumnOf(reader.GetName(i), reader.GetFieldType(i), column))
        );
    }

    static DataFrameColumn ColumnOf(string name, Type type, List<object?> values)
    {
        if (type == typeof(bool))
            return new BooleanDataFrameColumn(name, values.Select(value => (bool?)value));
        if (IsWhole(type) && values.All(value => value is not (ulong or BigInteger) || IsLong(value)))
            return new Int64DataFrameColumn(
                name,
                values.Select(value =>
                    value is null
                        ? null
                        : (long?)(
                            value is BigInteger big ? (long)big : Convert.ToInt64(value, CultureInfo.InvariantCulture)
                        )
                )
            );
        if (IsWhole(type) || type == typeof(double) || type == typeof(float) || type == typeof(decimal))
            return new DoubleDataFrameColumn(
                name,
                values.Select(value =>
                    value is null
                        ? null
                        : (double?)(
                            value is BigInteger big
                                ? (double)big
                                : Convert.ToDouble(value, CultureInfo.InvariantCulture)
                        )
                )
            );
        return new StringDataFrameColumn(
            name,
            values.Select(value => value is null ? null : Convert.ToString(value, CultureInfo.InvariantCulture))
        );
    }

    static bool IsWhole(Type type) =>
        type == typeof(sbyte)
        || type == typeof(byte)
        || type == typeof(short)
        || type == typeof(ushort)
        || type == typeof(int)
        || type == typeof(uint)
        || type == typeof(long)
        || type == typeof(ulong)
        || type == typeof(BigInteger);

    static bool IsLong(object value) =>
        value is BigInteger big
            ? big >= long.MinValue && big <= long.MaxValue
            : value is ulong whole && whole <= long.MaxValue;
}
