using DuckDB.NET.Data;
using RobustInference.Files;
using RobustInference.Inputs;
using RobustInference.Probits;

namespace RobustInference.Tabular;

/// <summary>A table with a row a sample: a column a client and class, a column a client with its vote, or, as one of
/// several files, a column a class.</summary>
sealed class WideTable(TableFile table, TableRoles roles, InputOptions options, bool isPart)
{
    /// <summary>Its arrays: answers and labels of each part, and names.</summary>
    /// <exception cref="InvalidDataException">The columns make no grid, or a field is wrong; the message names line and
    /// column.</exception>
    public TableArrays Read()
    {
        var values = roles.Others;
        if (values.Count == 0)
            return Of([], "labels alone", Load([]));
        bool votes = !isPart && values.All(column => column.IsWholeOrText);
        if (votes)
            return Of(
                [TableArrays.Names(EnsembleNames.ClientArray, [.. values.Select(column => column.Name)])],
                $"a column of votes for each of {values.Count} clients",
                Load(values, votes: true)
            );
        if (isPart)
            return values.Count == 1
                ? Of([], "one column", Load(values))
                : Of(
                    table.HasHeader
                        ? [TableArrays.Names(EnsembleNames.ClassArray, [.. values.Select(column => column.Name)])]
                        : [],
                    $"a column for each of {values.Count} classes",
                    Load(values)
                );
        var grid =
            ColumnGrid.Of(values)
            ?? throw new InvalidDataException(
                $"{table.Path}: the columns {string.Join(", ", values.Take(4).Select(column => column.Name))}, … "
                    + $"are no "
                    + "grid of clients and classes; call them CLIENT_CLASS for each client and class, or give a "
                    + "file a client"
            );
        return Of(
            [
                TableArrays.Names(EnsembleNames.ClientArray, grid.Clients),
                TableArrays.Names(EnsembleNames.ClassArray, grid.Classes),
            ],
            $"a column for each of {grid.Clients.Count} clients and {grid.Classes.Count} classes",
            Load(grid.Columns, clients: grid.Clients.Count)
        );
    }

    TableArrays Of(
        (string, NumpyArray)[] names,
        string understood,
        IEnumerable<(string Name, NumpyArray Array)> arrays
    ) => new(table.Path, table.Form, [.. arrays, .. names], understood);

    List<(string Name, NumpyArray Array)> Load(
        IReadOnlyList<TableColumn> values,
        bool votes = false,
        int? clients = null
    )
    {
        TableColumn?[] meta = [roles.Sample, roles.Label, roles.Part];
        table.Load(votes ? [] : values, [.. meta.OfType<TableColumn>(), .. votes ? values : []]);
        var rows = new RowOrder(table, roles);
        var result = new List<(string, NumpyArray)>();
        foreach (var (prefix, places) in rows.Parts)
        {
            int samples = places.Count(place => place >= 0);
            if (roles.Label is { } label)
            {
                var labels = new string[samples];
                Each(places, [label], (reader, at, _) => labels[at] = reader.IsDBNull(0) ? "" : reader.GetString(0));
                result.Add((prefix + (options.Labels ?? "labels"), NumpyArray.Text(labels, samples)));
            }
            if (values.Count == 0)
                continue;
            string name = prefix + (options.Probits ?? "answers");
            if (votes)
            {
                var chosen = new string[samples * values.Count];
                Each(
                    places,
                    values,
                    (reader, at, row) =>
                    {
                        for (int c = 0; c < values.Count; c++)
                            chosen[at * values.Count + c] = reader.IsDBNull(c)
                                ? throw Empty(row, values[c])
                                : reader.GetString(c);
                    }
                );
                result.Add((name, NumpyArray.Text(chosen, samples, values.Count)));
                continue;
            }
            var numbers = new float[(long)samples * values.Count];
            int width = values.Count / (clients ?? 1);
            Each(
                places,
                values,
                (reader, at, row) =>
                {
                    var own = numbers.AsSpan(at * values.Count, values.Count);
                    for (int i = 0; i < own.Length; i++)
                        own[i] = reader.IsDBNull(i) ? float.NaN : reader.GetFloat(i);
                    CheckWhole(own, width, row, values);
                }
            );
            long[] shape =
                clients is { } n ? [samples, n, width]
                : values.Count == 1 ? [samples]
                : [samples, values.Count];
            result.Add(
                (isPart && clients is null && values.Count == 1 ? "values" : name, NumpyArray.Float32(numbers, shape))
            );
        }
        return result;
    }

    /// <summary>A client's answer is there, or it is not: some of its numbers are a mistake.</summary>
    void CheckWhole(Span<float> row, int width, long place, IReadOnlyList<TableColumn> columns)
    {
        for (int at = 0; at < row.Length; at += width)
        {
            int missing = row.Slice(at, width).IndexOfNaN();
            if (missing >= 0 && row.Slice(at, width).ContainsNumber())
                throw Empty(place, columns[at + missing]);
        }
    }

    InvalidDataException Empty(long row, TableColumn column) =>
        new(
            $"{table.Path}, {table.PlaceOf(row)}, column {column.Name}: is empty or no number; fill it in, or "
                + $"leave the row out"
        );

    void Each(int[] places, IReadOnlyList<TableColumn> columns, Action<DuckDBDataReader, int, long> take)
    {
        long row = 0;
        table.Query(
            $"select {string.Join(", ", columns.Select(column => column.Sql))} from t order by rowid",
            reader =>
            {
                if (places[row] >= 0)
                    take(reader, places[row], row);
                row++;
            }
        );
    }
}
