using System.Globalization;
using RobustInference.Inputs;

namespace RobustInference.Tabular;

/// <summary>Which sample of which part each row of a table is: by the number of the sample where it has one, so that
/// tables of the same samples agree; else in the order of the file.</summary>
sealed class RowOrder
{
    /// <param name="table">After <see cref="TableFile.Load"/>.</param>
    /// <param name="roles">Its columns.</param>
    /// <exception cref="InvalidDataException">No rows, a part that is not known, a sample that is there
    /// twice.</exception>
    public RowOrder(TableFile table, TableRoles roles)
    {
        int count = (int)table.Count("select count(*) from t");
        if (count == 0)
            throw new InvalidDataException($"{table.Path}: has a header and no rows; write a row a sample");
        var parts = new InputPart?[count];
        var samples = new string?[count];
        if (roles.Part is { } part)
            Each(
                part,
                (text, row) =>
                    parts[row] =
                        ArrayPart.Of(text)
                        ?? throw new InvalidDataException(
                            $"{table.Path}, {table.PlaceOf(row)}, column {part.Name}: '{text}' is no part; write "
                                + $"test or "
                                + "validation"
                        )
            );
        if (roles.Sample is { } sample)
            Each(sample, (text, row) => samples[row] = text);
        Parts =
        [
            .. Enumerable
                .Range(0, count)
                .GroupBy(row => parts[row])
                .Where(group => group.Key != InputPart.Training)
                .OrderBy(group => group.Key)
                .Select(group => (Prefix(group.Key), Places([.. group], samples, count, table, roles))),
        ];

        void Each(TableColumn column, Action<string, int> take)
        {
            int row = 0;
            table.Query(
                $"select {column.Sql} from t order by rowid",
                reader => take(reader.IsDBNull(0) ? "" : reader.GetString(0), row++)
            );
        }
    }

    /// <summary>For each part the prefix of its arrays, and for each row the place of its sample; −1 for rows of other
    /// parts.</summary>
    public IReadOnlyList<(string Prefix, int[] Places)> Parts { get; }

    /// <summary>What the names of a part's arrays begin with.</summary>
    public static string Prefix(InputPart? part) =>
        part switch
        {
            InputPart.Validation => "val_",
            InputPart.Test => "test_",
            _ => "",
        };

    static int[] Places(int[] rows, string?[] samples, int count, TableFile table, TableRoles roles)
    {
        if (roles.Sample is { } column)
        {
            var twice = rows.GroupBy(row => samples[row]).FirstOrDefault(same => same.Count() > 1);
            if (twice is not null)
                throw new InvalidDataException(
                    $"{table.Path}, {table.PlaceOf(twice.ElementAt(1))}, column {column.Name}: sample {twice.Key} "
                        + $"is there "
                        + "twice; keep one row a sample"
                );
            if (rows.All(row => Number(samples[row]) is not null))
                rows = [.. rows.OrderBy(row => Number(samples[row]))];
        }
        var places = new int[count];
        Array.Fill(places, -1);
        for (int at = 0; at < rows.Length; at++)
            places[rows[at]] = at;
        return places;
    }

    static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : null;
}
