using Microsoft.Data.Analysis;

namespace RobustInference.Results;

/// <summary>One figure of a table: an accuracy, averaged over seeds.</summary>
/// <param name="Dataset">Name of the data set, or of a file.</param>
/// <param name="Alpha">α of the partition, null where unknown.</param>
/// <param name="Clients">n.</param>
/// <param name="Corrupted">f.</param>
/// <param name="Aggregator">The rule's name.</param>
/// <param name="Attack">An attack's name, Clean, Worst case or Pointwise worst case.</param>
/// <param name="Accuracy">0…1, mean over seeds.</param>
/// <param name="Std">Sample standard deviation (n−1) over seeds; null for one seed.</param>
/// <param name="Seeds">The seeds.</param>
/// <param name="Published">The paper's mean, 0…1, where it has one.</param>
/// <param name="PublishedStd">The paper's standard deviation, 0…1.</param>
/// <param name="Model">What kind of client answered; null where unknown.</param>
public sealed record ResultRow(
    string Dataset,
    double? Alpha,
    int Clients,
    int Corrupted,
    string Aggregator,
    string Attack,
    double Accuracy,
    double? Std,
    IReadOnlyList<long> Seeds,
    double? Published = null,
    double? PublishedStd = null,
    string? Model = null
)
{
    /// <summary>Tidy rows as a data frame; seeds are joined by blanks.</summary>
    public static DataFrame ToDataFrame(IReadOnlyList<ResultRow> rows) =>
        new(
            new StringDataFrameColumn("dataset", rows.Select(row => row.Dataset)),
            new DoubleDataFrameColumn("alpha", rows.Select(row => row.Alpha)),
            new Int32DataFrameColumn("clients", rows.Select(row => row.Clients)),
            new Int32DataFrameColumn("corrupted", rows.Select(row => row.Corrupted)),
            new StringDataFrameColumn("aggregator", rows.Select(row => row.Aggregator)),
            new StringDataFrameColumn("attack", rows.Select(row => row.Attack)),
            new DoubleDataFrameColumn("accuracy", rows.Select(row => row.Accuracy)),
            new DoubleDataFrameColumn("std", rows.Select(row => row.Std)),
            new StringDataFrameColumn("seeds", rows.Select(row => string.Join(' ', row.Seeds))),
            new DoubleDataFrameColumn("published", rows.Select(row => row.Published)),
            new DoubleDataFrameColumn("published_std", rows.Select(row => row.PublishedStd)),
            new StringDataFrameColumn("model", rows.Select(row => row.Model))
        );
}
