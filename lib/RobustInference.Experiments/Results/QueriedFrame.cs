using System.Data.Common;
using System.Globalization;
using System.Numerics;
using Microsoft.Data.Analysis;

namespace RobustInference.Results;

/// <summary>The rows of a query as a data frame: whole numbers as long, other numbers as double, truth values as bool,
/// everything else as text.</summary>
static class QueriedFrame
{
    /// <summary>Reads to the end.</summary>
    public static DataFrame Of(DbDataReader reader)
    {
        var values = Enumerable.Range(0, reader.FieldCount).Select(_ => new List<object?>()).ToArray();
        while (reader.Read())
            for (int i = 0; i < values.Length; i++)
                values[i].Add(reader.IsDBNull(i) ? null : reader.GetValue(i));
        return new DataFrame(values.Select((column, i) => Column(reader.GetName(i), reader.GetFieldType(i), column)));
    }

    static DataFrameColumn Column(string name, Type type, List<object?> values)
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
