using RobustInference.Inputs;

namespace RobustInference.Tabular;

/// <summary>Which column of a table means what.</summary>
/// <param name="Sample">Names the sample; null where each row is one.</param>
/// <param name="Label">The true class; null where the table has none.</param>
/// <param name="Part">Says which part a row belongs to; null for one part.</param>
/// <param name="Client">In a long table, whose answer it is.</param>
/// <param name="Class">In a long table, the class that the value is for; null where clients vote.</param>
/// <param name="Value">In a long table, the probability, the logit or the vote; null where it has a column a
/// class.</param>
/// <param name="Others">The columns of a wide table, or of the classes of a long one; beside votes, those that have no
/// meaning.</param>
sealed record TableRoles(
    TableColumn? Sample,
    TableColumn? Label,
    TableColumn? Part,
    TableColumn? Client,
    TableColumn? Class,
    TableColumn? Value,
    IReadOnlyList<TableColumn> Others
)
{
    static readonly string[] Samples =
        ["sample", "sample_id", "id", "index", "query", "query_id", "example", "row", "unnamed: 0", ""],
        Labels = ["label", "labels", "y", "target", "truth", "true_label", "true_class", "y_true", "gold"],
        Parts = ["split", "part", "set", "fold", "subset"],
        Clients = ["client", "model", "member", "annotator", "client_id", "model_id"],
        Classes = ["class", "category", "option", "choice", "class_id"],
        Values =

        [
            "probability",
            "prob",
            "probit",
            "p",
            "confidence",
            "logit",
            "score",
            "value",
            "vote",
            "prediction",
            "predicted",
            "answer",
        ];

    /// <summary>Whether each row is one client's.</summary>
    public bool IsLong => Client is not null;

    /// <summary>By the columns' names.</summary>
    /// <exception cref="InvalidDataException">A long table lacks a column.</exception>
    public static TableRoles Of(TableFile table, InputOptions options, bool isPart)
    {
        var columns = table.Columns;
        if (!table.HasHeader)
            return new(null, null, null, null, null, null, columns);
        TableColumn? sample = Named(Samples),
            label = options.Labels is { } asked
                ? columns.FirstOrDefault(column => column.Name == asked)
                : Named(Labels),
            part = Named(Parts),
            client = Named(Clients);
        if (label is null && options.Labels is { } missing && !File.Exists(missing))
            throw new InvalidDataException(
                $"{table.Path}: there is no column or file '{missing}', which --labels names; there are "
                    + string.Join(", ", columns.Take(12).Select(column => column.Name))
            );
        var others = columns.Except(new[] { sample, label, part }.OfType<TableColumn>()).ToArray();
        if (client is null)
            return new(sample, label, part, null, null, null, others);
        TableColumn? category = Named(Classes),
            value = options.Probits is { } wanted
                ? columns.FirstOrDefault(column => column.Name == wanted)
                : others.FirstOrDefault(column => Values.Contains(column.Name.ToLowerInvariant()));
        TableColumn[] classes = [.. others.Where(column => column != client)];
        bool spread = sample is not null && category is null && value is null && options.Probits is null;
        if (spread && isPart)
            throw new InvalidDataException(
                $"{table.Path}: is one of several files, and has a column {client.Name}; give one file with all "
                    + "clients, or a file for each without that column"
            );
        if (spread && classes.Length >= 2)
            return new(sample, label, part, client, null, null, classes);
        if (value is null || sample is null)
            throw new InvalidDataException(
                $"{table.Path}: has a column {client.Name}, but none for the "
                    + (sample is null ? "sample" : "probability")
                    + "; a long table has the columns sample, client, class, probability and label, or a column for "
                    + "each class in place of the two; or name the probability's column with --probits"
            );
        var unused = category is null ? classes.Where(column => column != value) : [];
        return new(sample, label, part, client, category, value, [.. unused]);

        TableColumn? Named(string[] names) =>
            columns.FirstOrDefault(column => names.Contains(column.Name.Trim().ToLowerInvariant()));
    }
}
