using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using DuckDB.NET.Data;
using RobustInference.Results;

namespace RobustInference.Tabular;

/// <summary>A CSV or Parquet file that DuckDB reads: its columns, and queries over them.</summary>
sealed partial class TableFile : IDisposable
{
    const int Peeked = 200,
        MostColumns = 100_000,
        LongestStart = 16 << 20;

    readonly DuckDBConnection connection = new("DataSource=:memory:");
    readonly bool isParquet,
        hasHeader = true;
    readonly char delimiter = ',';
    readonly bool decimalComma;

    /// <summary>Opens a file and reads its header.</summary>
    /// <exception cref="InvalidDataException">It is empty, no table, or names a column twice.</exception>
    public TableFile(string path)
    {
        Path = path;
        isParquet = System.IO.Path.GetExtension(path).Equals(".parquet", StringComparison.OrdinalIgnoreCase);
        connection.Open();
        Execute(
            "set autoinstall_known_extensions = false; set autoload_known_extensions = false; set threads = 1; "
                + "set enable_progress_bar = false"
        );
        if (isParquet)
            Columns = OfParquet();
        else
        {
            string start = Start(path);
            delimiter = Delimiter(start);
            string[][] rows = Rows(start);
            if (rows.Length == 0)
                throw new InvalidDataException($"{path}: is empty; write a header and a row a sample");
            hasHeader = !rows[0].All(IsNumber);
            decimalComma = delimiter != ',' && rows.Skip(1).Take(5).SelectMany(row => row).Any(DecimalComma().IsMatch);
            Columns =
            [
                .. rows[0]
                    .Select(
                        (name, place) =>
                            new TableColumn(
                                place,
                                hasHeader ? name.Trim() : place.ToString(CultureInfo.InvariantCulture),
                                rows.Skip(hasHeader ? 1 : 0)
                                    .Where(row => place < row.Length)
                                    .All(row => !IsNumber(row[place]) || IsWhole(row[place]))
                            )
                    ),
            ];
        }
        if (Columns.Count > MostColumns)
            throw new InvalidDataException($"{path}: {Columns.Count:N0} columns are more than are read; transpose it");
        var twice = Columns.GroupBy(column => column.Name).FirstOrDefault(same => same.Count() > 1);
        if (twice is not null)
            throw new InvalidDataException($"{path}: the column '{twice.Key}' is there twice; rename one");
        if (
            Columns.FirstOrDefault(column => column.Name == "") is { } unnamed
            && Columns.Count > 1
            && unnamed.Place > 0
        )
            throw new InvalidDataException(
                $"{path}: column {unnamed.Place + 1} has no name; give it one in the header"
            );
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>From left to right.</summary>
    public IReadOnlyList<TableColumn> Columns { get; }

    /// <summary>Whether the columns have names.</summary>
    public bool HasHeader => hasHeader;

    /// <summary>Such as <c>a CSV table</c>.</summary>
    public string Form => isParquet ? "a Parquet table" : "a CSV table";

    /// <summary>How messages call a row of the file, counted from 0.</summary>
    public string PlaceOf(long row) => isParquet ? $"row {row + 1}" : $"line {row + (hasHeader ? 2 : 1)}";

    /// <summary>Makes the table <c>t</c> of these columns, in the file's order.</summary>
    /// <param name="floats">Numbers as FLOAT, an empty field as NULL.</param>
    /// <param name="texts">Text.</param>
    /// <exception cref="InvalidDataException">A field that is no number, a row of another length; the message names
    /// line and column.</exception>
    public void Load(IReadOnlyList<TableColumn> floats, IReadOnlyList<TableColumn> texts)
    {
        string kept = string.Join(
            ", ",
            floats
                .Select(column => isParquet ? $"{Identifier(column.Name)}::FLOAT as {column.Sql}" : column.Sql)
                .Concat(
                    texts.Select(column =>
                        isParquet ? $"{Identifier(column.Name)}::VARCHAR as {column.Sql}" : column.Sql
                    )
                )
        );
        string from = isParquet
            ? $"read_parquet({ResultDatabase.Literally(Path)})"
            : $"read_csv({ResultDatabase.Literally(Path)}, header = {(hasHeader ? "true" : "false")}, "
                + $"auto_detect = false, delim = '{delimiter}', quote = '\"', escape = '\"', "
                + (decimalComma ? "decimal_separator = ',', " : "")
                + "columns = {"
                + string.Join(
                    ", ",
                    Columns.Select(column => $"'{column.Sql}': '{(floats.Contains(column) ? "FLOAT" : "VARCHAR")}'")
                )
                + "})";
        try
        {
            Execute($"create or replace table t as select {kept} from {from}");
        }
        catch (DuckDBException e)
        {
            throw new InvalidDataException($"{Path}{InWords(e.Message)}", e);
        }
    }

    /// <summary>Runs a query and takes every row.</summary>
    public void Query(string sql, Action<DuckDBDataReader> row)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        while (reader.Read())
            row(reader);
    }

    /// <summary>One number.</summary>
    public long Count(string sql)
    {
        long count = 0;
        Query(sql, reader => count = Convert.ToInt64(reader.GetValue(0), CultureInfo.InvariantCulture));
        return count;
    }

    public void Execute(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public void Dispose() => connection.Dispose();

    List<TableColumn> OfParquet()
    {
        var columns = new List<TableColumn>();
        try
        {
            Query(
                $"describe select * from read_parquet({ResultDatabase.Literally(Path)})",
                reader =>
                {
                    string type = reader.GetString(1);
                    columns.Add(new(columns.Count, reader.GetString(0), type is not ("FLOAT" or "DOUBLE")));
                }
            );
        }
        catch (DuckDBException e)
        {
            throw new InvalidDataException($"{Path}: is no Parquet file, or is truncated; write it again", e);
        }
        return columns;
    }

    static string Start(string path)
    {
        using var reader = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: false));
        var text = new StringBuilder();
        for (int line = 0; line <= Peeked && text.Length < LongestStart && reader.ReadLine() is { } next; line++)
            text.Append(next).Append('\n');
        string start = text.ToString();
        return start.Contains('\0')
            ? throw new InvalidDataException($"{path}: holds binary data and no text; save it as CSV in UTF-8")
            : start;
    }

    static char Delimiter(string start)
    {
        string first = start.Split('\n', 2)[0];
        return new[] { ',', ';', '\t', '|' }.MaxBy(sign => first.Count(c => c == sign));
    }

    string[][] Rows(string start) => [.. start.Split('\n').Where(line => line.Trim() != "").Select(Fields)];

    // The first lines only, to see names and kinds of columns: a quoted line break is left to DuckDB.
    string[] Fields(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        bool quoted = false;
        foreach (char c in line.TrimEnd('\r'))
            if (c == '"')
                quoted = !quoted;
            else if (c == delimiter && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
                field.Append(c);
        fields.Add(field.ToString());
        return [.. fields];
    }

    /// <summary>DuckDB's message without its advice, with the file's own names.</summary>
    string InWords(string message)
    {
        string line = Line().Match(message) is { Success: true } at ? $", line {at.Groups[1].Value}" : "";
        if (Conversion().Match(message) is { Success: true } field)
        {
            string column = field.Groups[1].Value;
            string name =
                int.TryParse(column.AsSpan(Math.Min(1, column.Length)), out int place) && place < Columns.Count
                    ? Columns[place].Name
                    : column;
            return $"{line}, column {name}: '{field.Groups[2].Value}' is no number; write numbers with a point, "
                + $"and leave "
                + "nothing else in the field";
        }
        if (Number().Match(message) is { Success: true } fields)
            return $"{line}: {fields.Groups[2].Value} fields, wanted {fields.Groups[1].Value}; quote fields with a "
                + "comma, and write numbers with a point (or ; between fields)";
        string first = message.Split('\n')[0].Trim();
        return $"{line}: {first}; write it again as CSV in UTF-8";
    }

    static bool IsNumber(string text) =>
        text.Trim() is var own
        && (
            own == "" || double.TryParse(own.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out _)
        );

    static bool IsWhole(string text) =>
        text.Trim() is var own && own != "" && own.All(c => char.IsAsciiDigit(c) || c is '-');

    static string Identifier(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    [GeneratedRegex(@"^-?\d+,\d+$")]
    private static partial Regex DecimalComma();

    [GeneratedRegex(@"CSV Error on Line: (\d+)")]
    private static partial Regex Line();

    [GeneratedRegex("Error when converting column \"([^\"]*)\"\\. Could not convert string \"([^\"]*)\"")]
    private static partial Regex Conversion();

    [GeneratedRegex(@"Expected Number of Columns: (\d+) Found: (\d+)")]
    private static partial Regex Number();
}
