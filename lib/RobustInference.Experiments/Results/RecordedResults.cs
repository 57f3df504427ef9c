using DuckDB.NET.Data;
using Microsoft.Data.Analysis;

namespace RobustInference.Results;

/// <summary>Recorded results as tidy rows, for tables, notebooks and SQL queries: <c>results.Query("select
/// aggregator, avg(accuracy) from results group by 1")</c>.</summary>
/// <remarks>The table is called <c>results</c> and has a row a cell: dataset, alpha, clients, model (null for the data
/// set's default), seed, recipe, corrupted, draw, aggregator, aggregator_settings, attack, attack_settings, accuracy,
/// samples, outcomes, input_name, input, results_version, seconds, preparation_seconds, key (the file's name). Results
/// come from outside, so only files that were found sound are read, and no query touches another one.
/// </remarks>
public sealed class RecordedResults : IDisposable
{
    // Seconds are the machine's: two runs of the same cells have everything else in common.
    const string Collected = "* exclude (seconds, preparation_seconds)";
    const string Order =
        "dataset, alpha, clients, model, seed, recipe, corrupted, draw, aggregator, aggregator_settings, "
        + "attack, attack_settings, key";

    readonly string[] files;
    readonly ResultDatabase database;

    RecordedResults(IReadOnlyList<(string Path, CellResult Result)> sound)
    {
        files = [.. sound.Select(file => file.Path)];
        Cells = [.. sound.Select(file => file.Result)];
        database = new ResultDatabase(files).Closed();
    }

    /// <summary>The results as records, in the order of their hashes.</summary>
    public IReadOnlyList<CellResult> Cells { get; }

    /// <summary>Opens what is recorded; results that come later are not seen.</summary>
    /// <param name="store">Default: the workbook's own.</param>
    public static RecordedResults Open(ResultStore? store = null) => new((store ?? ResultStore.OfWorkbook).All());

    /// <summary>Opens some of what is recorded.</summary>
    public static RecordedResults Of(ResultStore store, IEnumerable<CellResult> results)
    {
        var wanted = results.Select(result => result.Configuration).ToHashSet();
        return new([.. store.All().Where(file => wanted.Contains(file.Result.Configuration))]);
    }

    /// <summary>All rows, in an order that does not depend on how they came about.</summary>
    public QueriedFrame Rows() => Query($"select * from results order by {Order}");

    /// <summary>Any question in DuckDB's SQL.</summary>
    /// <exception cref="ArgumentException">DuckDB does not understand it, or it asks for more than results.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public QueriedFrame Query(string sql, CancellationToken stop = default)
    {
        try
        {
            stop.ThrowIfCancellationRequested();
            using var command = database.Command(sql);
            using CancellationTokenRegistration cancel = stop.Register(command.Cancel);
            using var reader = command.ExecuteReader();
            return QueriedFrame.Of(reader);
        }
        catch (DuckDBException) when (stop.IsCancellationRequested)
        {
            throw new OperationCanceledException(stop);
        }
        catch (DuckDBException e)
        {
            throw new ArgumentException(e.Message, e);
        }
    }

    /// <summary>Writes all rows but their seconds into one file: two runs of the same cells give the same
    /// bytes.</summary>
    /// <param name="path">Ends in <c>.parquet</c> or <c>.csv</c>; written whole or not at all.</param>
    /// <exception cref="ArgumentException">Another ending.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Collect(string path)
    {
        string format = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".parquet" => "format parquet, compression zstd",
            ".csv" => "format csv, header",
            _ => throw new ArgumentException($"'{path}' ends neither in .parquet nor in .csv"),
        };
        string full = Path.GetFullPath(path),
            temporary = $"{full}.{Environment.ProcessId}-{Guid.NewGuid():N}.tmp";
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        using var open = new ResultDatabase(files);
        try
        {
            open.Execute(
                $"copy (select {Collected} from results order by {Order}) to "
                    + $"{ResultDatabase.Quoted(temporary)} ({format})"
            );
            File.Move(temporary, full, overwrite: true);
        }
        catch (Exception e)
        {
            File.Delete(temporary);
            if (e is DuckDBException)
                throw new IOException($"{path}: {e.Message}", e);
            throw;
        }
    }

    public void Dispose() => database.Dispose();
}
