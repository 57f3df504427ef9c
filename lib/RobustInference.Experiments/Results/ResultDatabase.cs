using DuckDB.NET.Data;

namespace RobustInference.Results;

/// <summary>DuckDB over a list of sound result files: the table <c>results</c>, a row a file.</summary>
/// <remarks>One malformed file would break every query and an empty list is refused by <c>read_json</c>: files are
/// checked before, and the table is there anyhow.</remarks>
sealed class ResultDatabase : IDisposable
{
    const string Columns = """
        configuration.cell.ensemble.dataset as dataset, configuration.cell.ensemble.alpha as alpha,
        configuration.cell.ensemble.clients as clients,
        configuration.cell.ensemble.model as model, configuration.cell.ensemble.seed as seed,
        configuration.cell.ensemble.recipe::VARCHAR as recipe, configuration.cell.corrupted as corrupted,
        configuration.cell.draw as draw,
        configuration.cell.corrupted_clients as corrupted_clients,
        configuration.cell.aggregator."name" as aggregator,
        configuration.cell.aggregator.settings::VARCHAR as aggregator_settings,
        configuration.cell.attack."name" as attack, configuration.cell.attack.settings::VARCHAR as attack_settings,
        accuracy, samples, outcomes, input_name, configuration.input as input,
        configuration.results_version as results_version, seconds, preparation_seconds,
        parse_filename(filename, true) as key
        """;

    static readonly (string Name, string Type)[] Fields =
    [
        (
            "configuration",
            """
            STRUCT(cell STRUCT(ensemble STRUCT(dataset VARCHAR, alpha DOUBLE, clients INTEGER, seed BIGINT,
            recipe JSON, model VARCHAR), corrupted INTEGER,
            draw BIGINT, corrupted_clients VARCHAR,
            aggregator STRUCT("name" VARCHAR, settings JSON), attack STRUCT("name" VARCHAR, settings JSON)),
            input VARCHAR, results_version INTEGER)
            """
        ),
        ("input_name", "VARCHAR"),
        ("samples", "INTEGER"),
        ("accuracy", "DOUBLE"),
        ("outcomes", "VARCHAR"),
        ("seconds", "DOUBLE"),
        ("preparation_seconds", "DOUBLE"),
    ];

    readonly DuckDBConnection connection = new("DataSource=:memory:");

    public ResultDatabase(IReadOnlyList<string> files)
    {
        connection.Open();
        Execute("set autoinstall_known_extensions = false; set autoload_known_extensions = false; set threads = 1");
        Execute(
            "create table files "
                + $"({string.Join(", ", Fields.Select(field => $"{field.Name} {field.Type}"))}, filename "
                + "VARCHAR)"
        );
        if (files.Count > 0)
            Execute(
                $"""
                insert into files select {string.Join(
                    ", ",
                    Fields.Select(field => field.Name)
                )}, filename from read_json([{string.Join(", ", files.Select(Literally))}],
                columns = {"{"}{string.Join(
                    ", ",
                    Fields.Select(field => $"{field.Name}: '{field.Type}'")
                )}{"}"}, format = 'unstructured', filename = true)
                """
            );
        Execute($"create table results as select {Columns} from files; drop table files");
    }

    /// <summary>From here on no query reads or writes a file, installs anything or changes that.</summary>
    public ResultDatabase Closed()
    {
        Execute("set enable_external_access = false; set lock_configuration = true");
        return this;
    }

    public DuckDBCommand Command(string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    public void Execute(string sql)
    {
        using var command = Command(sql);
        command.ExecuteNonQuery();
    }

    /// <summary>A string of SQL.</summary>
    public static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>A path of SQL that names one file: readers take *, ? and [ for patterns, and a class of one character
    /// stands for itself.</summary>
    public static string Literally(string path) =>
        Quoted(
            path.Replace("[", "[[]", StringComparison.Ordinal)
                .Replace("*", "[*]", StringComparison.Ordinal)
                .Replace("?", "[?]", StringComparison.Ordinal)
        );

    public void Dispose() => connection.Dispose();
}
