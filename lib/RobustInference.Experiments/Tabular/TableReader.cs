using RobustInference.Inputs;

namespace RobustInference.Tabular;

/// <summary>Answers in a CSV or Parquet table, read by DuckDB: wide, long, or a table a client.</summary>
public sealed class TableReader : IArrayReader
{
    /// <summary>Every format that is read: the core's, and tables.</summary>
    public static ArrayReaders AllFormats { get; } = new(new TableReader());

    /// <summary>Reads all of them.</summary>
    public static InputReader Inputs { get; } = new(AllFormats);

    public IReadOnlyList<string> Endings { get; } = [".csv", ".tsv", ".parquet"];

    public ArraySource Open(string path, InputOptions options, bool isPart)
    {
        using var table = new TableFile(path);
        if (!table.HasHeader && !isPart)
            throw new InvalidDataException(
                $"{path}: the first line holds numbers only; write a header with the columns' names"
            );
        var roles = TableRoles.Of(table, options, isPart);
        return roles.IsLong
            ? new LongTable(table, roles, options).Read()
            : new WideTable(table, roles, options, isPart).Read();
    }
}
