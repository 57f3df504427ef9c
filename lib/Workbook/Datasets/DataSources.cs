namespace Workbook.Datasets;

/// <summary>Every data set that the workbook knows.</summary>
public static class DataSources
{
    public static readonly IReadOnlyList<IDataSource> All = [.. ImageSource.All, TextSource.AgNews];

    /// <summary>The source called <paramref name="name"/>.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static IDataSource Named(string name) =>
        All.FirstOrDefault(source => source.Name == name)
        ?? throw new ArgumentException(
            $"no data set is called '{name}'; there are {string.Join(", ", All.Select(source => source.Name))}"
        );
}
