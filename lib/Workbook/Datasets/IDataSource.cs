namespace Workbook.Datasets;

/// <summary>Where a data set comes from and how its true copies are known.</summary>
public interface IDataSource
{
    /// <summary>As <c>--dataset</c> takes it.</summary>
    string Name { get; }

    /// <summary>For people.</summary>
    string Title { get; }

    /// <summary>Where its authors describe it.</summary>
    string Page { get; }

    /// <summary>What is fetched.</summary>
    IReadOnlyList<RemoteFile> Files { get; }

    /// <summary>The archive or the folder in <paramref name="directory"/>, as its reader would find it; null where
    /// there is neither.</summary>
    string? Find(string directory);

    /// <summary>What lies at <paramref name="place"/> (an answer of <see cref="Find"/>).</summary>
    /// <exception cref="InvalidDataException">Not this data set, or a damaged copy.</exception>
    string Verify(string place);
}
