namespace Workbook.Datasets;

/// <summary>An official file.</summary>
/// <param name="Address">Where it is fetched.</param>
/// <param name="Md5">Its checksum, as published.</param>
/// <param name="Place">Where it goes in the folder of the data sets.</param>
public sealed record RemoteFile(Uri Address, string Md5, string Place)
{
    /// <summary>Nothing here is larger; a server that sends more is not the one we asked.</summary>
    public const long Largest = 256L << 20;
}
