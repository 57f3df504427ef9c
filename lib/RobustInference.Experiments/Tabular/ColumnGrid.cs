namespace RobustInference.Tabular;

/// <summary>The columns of a wide table as clients × classes, by their names: <c>north_cat</c>, <c>north_dog</c>,
/// …</summary>
/// <param name="Clients">In the order of the columns.</param>
/// <param name="Classes">In the order of the first client's columns.</param>
/// <param name="Columns">Client by client, class by class.</param>
sealed record ColumnGrid(
    IReadOnlyList<string> Clients,
    IReadOnlyList<string> Classes,
    IReadOnlyList<TableColumn> Columns
)
{
    static readonly string[] Separators = ["::", ":", "/", "|", "__", "_", ".", "-", " "];

    /// <summary>The grid that the names make with one separator; null for none.</summary>
    public static ColumnGrid? Of(IReadOnlyList<TableColumn> columns)
    {
        foreach (string separator in Separators)
        foreach (bool last in new[] { true, false })
            if (Split(columns, separator, last) is { } grid)
                return grid;
        return null;
    }

    static ColumnGrid? Split(IReadOnlyList<TableColumn> columns, string separator, bool last)
    {
        var places = new Dictionary<(string Client, string Class), TableColumn>();
        List<string> clients = [],
            classes = [];
        HashSet<string> knownClients = [],
            knownClasses = [];
        foreach (var column in columns)
        {
            int at = last
                ? column.Name.LastIndexOf(separator, StringComparison.Ordinal)
                : column.Name.IndexOf(separator, StringComparison.Ordinal);
            if (at <= 0 || at + separator.Length >= column.Name.Length)
                return null;
            string client = column.Name[..at],
                category = column.Name[(at + separator.Length)..];
            if (!places.TryAdd((client, category), column))
                return null;
            if (knownClients.Add(client))
                clients.Add(client);
            if (knownClasses.Add(category))
                classes.Add(category);
        }
        return classes.Count >= 2 && clients.Count * classes.Count == columns.Count
            ? new(
                clients,
                classes,
                [.. clients.SelectMany(client => classes.Select(category => places[(client, category)]))]
            )
            : null;
    }
}
