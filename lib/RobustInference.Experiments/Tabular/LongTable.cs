using System.Globalization;
using RobustInference.Files;
using RobustInference.Inputs;
using RobustInference.Probits;

namespace RobustInference.Tabular;

/// <summary>A table with a row a sample, client and class, or a row a sample and client with its vote or with a column
/// a class.</summary>
sealed class LongTable(TableFile table, TableRoles roles, InputOptions options)
{
    // How far from one the sum of a row of probabilities may be.
    const double SumTolerance = 1e-3;

    /// <summary>Its arrays: answers and labels of each part, and names.</summary>
    /// <exception cref="InvalidDataException">A row is there twice, or numbers of an answer are missing; the message
    /// names sample, client and class.</exception>
    public TableArrays Read()
    {
        bool spread = roles.Value is null,
            votes = !spread && roles.Class is null;
        TableColumn sample = roles.Sample!,
            client = roles.Client!;
        TableColumn?[] texts =
        [
            sample,
            client,
            roles.Class,
            roles.Label,
            roles.Part,
            .. votes ? [roles.Value, .. roles.Others] : Array.Empty<TableColumn?>(),
        ];
        table.Load(
            spread ? roles.Others
                : votes ? []
                : [roles.Value!],
            [.. texts.OfType<TableColumn>()]
        );
        if (table.Count("select count(*) from t") == 0)
            throw new InvalidDataException($"{table.Path}: has a header and no rows; write a row a sample and client");
        if (votes && LooksSpread())
            throw new InvalidDataException(
                $"{table.Path}: has a column {roles.Value!.Name} and probabilities in the columns "
                    + $"{Listed([.. roles.Others.Select(column => column.Name)])}; leave one or the other out"
            );
        string part = roles.Part is { } own ? $"coalesce({own.Sql}, '')" : "''";
        string[] clients = Keys("clients", client.Sql, "true"),
            classes = spread ? [.. roles.Others.Select(column => column.Name)]
            : votes ? []
            : Keys("classes", roles.Class!.Sql, "true");
        var arrays = new List<(string, NumpyArray)>();
        foreach (string name in Distinct(part))
        {
            var of = roles.Part is null ? null : (InputPart?)PartOf(name);
            if (of == InputPart.Training)
                continue;
            string where = $"{part} = {Results.ResultDatabase.Quoted(name)}";
            string[] samples = Keys("samples", sample.Sql, where);
            CheckTwice(where);
            string prefix = RowOrder.Prefix(of);
            if (roles.Label is not null)
                arrays.Add(
                    (prefix + (options.Labels ?? "labels"), NumpyArray.Text(Labels(samples, where), samples.Length))
                );
            arrays.Add(
                votes
                    ? (prefix + (options.Probits ?? "votes"), Votes(samples, clients, where))
                    : (prefix + (options.Probits ?? NameOfValues()), Numbers(samples, clients, classes, where))
            );
        }
        arrays.Add(TableArrays.Names(EnsembleNames.ClientArray, clients));
        if (!votes)
            arrays.Add(TableArrays.Names(EnsembleNames.ClassArray, classes));
        return new(
            table.Path,
            table.Form,
            arrays,
            spread ? $"a row for each sample and client, with a column for each class ({Listed(classes)})"
                : votes ? "a row for each sample and client"
                : "a row for each sample, client and class"
        );
    }

    static string Listed(string[] classes) =>
        classes.Length <= 12 ? string.Join(", ", classes) : $"{classes.Length} of them, {classes[0]} to {classes[^1]}";

    string NameOfValues() =>
        roles.Value?.Name.ToLowerInvariant() switch
        {
            "logit" or "score" => "logits",
            "value" or "answer" or null => "answers",
            _ => "probits",
        };

    InputPart PartOf(string name) =>
        ArrayPart.Of(name)
        ?? throw new InvalidDataException(
            $"{table.Path}, column {roles.Part!.Name}: '{name}' is no part; write test or validation"
        );

    List<string> Distinct(string expression)
    {
        var found = new List<string>();
        table.Query($"select distinct {expression} from t order by 1", reader => found.Add(reader.GetString(0)));
        return found;
    }

    /// <summary>Makes a table of a column's values with their numbers: ascending where all are whole numbers, else in
    /// the order of the file.</summary>
    string[] Keys(string into, string column, string where)
    {
        table.Execute(
            $"""
            create or replace table {into} as
            with found as (select {column} as name, min(rowid) as first from t where {where} group by 1),
            kind as (select bool_and(try_cast(name as bigint) is not null) as whole from found)
            select name,
            (row_number() over (order by case when whole then try_cast(name as bigint) end, first)
            - 1)::INTEGER as place
            from found, kind
            """
        );
        var names = new List<string>();
        table.Query(
            $"select name from {into} order by place",
            reader =>
                names.Add(
                    reader.IsDBNull(0)
                        ? throw new InvalidDataException(
                            $"{table.Path}: a row has no {into[..^1].TrimEnd('e')}; fill in every field"
                        )
                        : reader.GetString(0)
                )
        );
        return [.. names];
    }

    void CheckTwice(string where)
    {
        string keys = $"{roles.Sample!.Sql}, {roles.Client!.Sql}" + (roles.Class is { } own ? $", {own.Sql}" : "");
        table.Query(
            $"select {keys} from t where {where} group by all having count(*) > 1 order by min(rowid) limit 1",
            reader =>
                throw new InvalidDataException(
                    $"{table.Path}: sample {reader.GetString(0)}, client {reader.GetString(1)}"
                        + (roles.Class is null ? "" : $", class {reader.GetString(2)}")
                        + " is there twice; keep one row of each"
                )
        );
    }

    string[] Labels(string[] samples, string where)
    {
        var labels = new string[samples.Length];
        table.Query(
            $"""
            select place, min({roles.Label!.Sql}), count(distinct {roles.Label.Sql}) from t
            join samples on {roles.Sample!.Sql} = samples.name where {where} group by place
            """,
            reader =>
            {
                int place = reader.GetInt32(0);
                labels[place] = reader.IsDBNull(1) ? "" : reader.GetString(1);
                if (reader.GetInt64(2) > 1)
                    throw new InvalidDataException(
                        $"{table.Path}: sample {samples[place]} has several labels; give it one"
                    );
            }
        );
        return labels;
    }

    NumpyArray Votes(string[] samples, string[] clients, string where)
    {
        var votes = new string[samples.Length * clients.Length];
        table.Query(
            $"""
            select samples.place, clients.place, {roles.Value!.Sql} from t
            join samples on {roles.Sample!.Sql} = samples.name join clients on {roles.Client!.Sql} = clients.name
            where {where}
            """,
            reader =>
                votes[reader.GetInt32(0) * clients.Length + reader.GetInt32(1)] = reader.IsDBNull(2)
                    ? ""
                    : reader.GetString(2)
        );
        int missing = Array.FindIndex(votes, string.IsNullOrEmpty);
        if (missing >= 0)
            throw new InvalidDataException(
                $"{table.Path}: sample {samples[missing / clients.Length]}, client "
                    + $"{clients[missing % clients.Length]} has no "
                    + "vote; add the row"
            );
        return NumpyArray.Text(votes, samples.Length, clients.Length);
    }

    NumpyArray Numbers(string[] samples, string[] clients, string[] classes, string where)
    {
        int n = clients.Length,
            k = classes.Length;
        if (k < 2 || (long)samples.Length * n * k > Array.MaxLength / 4)
            throw new InvalidDataException(
                $"{table.Path}: {samples.Length:N0} samples, {n:N0} clients and {k:N0} classes cannot be an "
                    + $"ensemble; check "
                    + "which column is which"
            );
        var numbers = new float[samples.Length * n * k];
        Array.Fill(numbers, float.NaN);
        // The class of a row's first number, and how many numbers it has.
        var (first, values) = roles.Value is { } value
            ? ("classes.place", new[] { value })
            : ("0", (IReadOnlyList<TableColumn>)roles.Others);
        string ofClasses = roles.Class is { } category ? $"join classes on {category.Sql} = classes.name" : "";
        table.Query(
            $"""
            select samples.place, clients.place, {first}, {string.Join(
                ", ",
                values.Select(column => column.Sql)
            )} from t
            join samples on {roles.Sample!.Sql} = samples.name join clients on {roles.Client!.Sql} = clients.name
            {ofClasses} where {where}
            """,
            reader =>
            {
                int at = (reader.GetInt32(0) * n + reader.GetInt32(1)) * k + reader.GetInt32(2);
                for (int i = 0; i < values.Count; i++)
                    if (!reader.IsDBNull(3 + i))
                        numbers[at + i] = reader.GetFloat(3 + i);
            }
        );
        // A client's answer is there, or it is not: some of its numbers are a mistake.
        for (int at = 0; at < numbers.Length; at += k)
        {
            var row = numbers.AsSpan(at, k);
            if (row.IndexOfNaN() is >= 0 and var gap && row.ContainsNumber())
                throw new InvalidDataException(
                    $"{table.Path}: sample {samples[at / k / n]}, client {clients[at / k % n]}, class "
                        + $"{classes[gap]} has no "
                        + (roles.Value is null ? "number; fill it in, or leave the row out" : "number; add the row")
                );
        }
        if (roles.Value is null && Stray(numbers, k) is { Length: > 0 } stray)
            throw new InvalidDataException(
                $"{table.Path}: {string.Join(", ", stray.Select(c => classes[c]))} "
                    + (stray.Length == 1 ? "is no class, since every row sums" : "are no classes, since every row sums")
                    + $" to one without {(stray.Length == 1 ? "it" : "them")}; leave "
                    + (stray.Length == 1 ? "that column out" : "those columns out")
            );
        return NumpyArray.Float32(numbers, samples.Length, n, k);
    }

    /// <summary>Whether the columns that are left beside a vote are probabilities: of a column a class.</summary>
    bool LooksSpread() =>
        roles.Others.Count >= 2
        && table.Count(
            "select count(*) from t where abs("
                + string.Join(" + ", roles.Others.Select(column => $"try_cast({column.Sql} as double)"))
                + $" - 1) <= {SumTolerance.ToString(CultureInfo.InvariantCulture)}"
        ) == table.Count("select count(*) from t");

    /// <summary>Columns without which all rows are probabilities, while with them they are not: those that leave 0…1,
    /// or where none does, the only one.</summary>
    static int[] Stray(float[] numbers, int k)
    {
        var outside = new bool[k];
        for (int at = 0; at < numbers.Length; at++)
            outside[at % k] |= numbers[at] is < 0 or > 1;
        int[] beyond = [.. Enumerable.Range(0, k).Where(c => outside[c])];
        if (beyond.Length > 0)
            return k - beyond.Length >= 2 && SumToOneWithout(beyond) ? beyond : [];
        if (SumToOneWithout([]))
            return [];
        int[] alone = k == 2 ? [] : [.. Enumerable.Range(0, k).Where(c => SumToOneWithout([c]))];
        return alone.Length == 1 ? alone : [];

        bool SumToOneWithout(int[] left)
        {
            for (int at = 0; at < numbers.Length; at += k)
            {
                double sum = 0;
                for (int c = 0; c < k; c++)
                    if (!left.Contains(c))
                        sum += numbers[at + c];
                // An answer that is not there is NaN.
                if (Math.Abs(sum - 1) > SumTolerance)
                    return false;
            }
            return true;
        }
    }
}
