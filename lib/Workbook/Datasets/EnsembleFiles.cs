using System.Security.Cryptography;
using RobustInference.Files;
using RobustInference.Running;
using RobustInference.Serving;

namespace Workbook.Datasets;

/// <summary>Takes files of listed ensembles from a folder or a server, or gathers them in a folder. Each is the one
/// that its results were computed on, or is not taken.</summary>
static class EnsembleFiles
{
    /// <summary>The listed ensembles that are called for.</summary>
    /// <param name="list">All that are listed.</param>
    /// <param name="only">Names; none for all.</param>
    /// <exception cref="ArgumentException">One is not listed.</exception>
    public static IReadOnlyList<ListedEnsemble> Chosen(IReadOnlyList<ListedEnsemble> list, IReadOnlyList<string> only)
    {
        if (list.Count == 0)
            throw new FileNotFoundException("no further ensembles are listed here (data/ensembles.json)");
        if (only.FirstOrDefault(name => list.All(listed => listed.Name != name)) is { } unknown)
            throw new ArgumentException(
                $"no ensemble is listed as '{unknown}'; there are "
                    + string.Join(", ", list.Select(listed => listed.Name))
            );
        return only.Count == 0 ? list : [.. list.Where(listed => only.Contains(listed.Name))];
    }

    /// <summary>Whether the file is there and is the listed one.</summary>
    public static bool IsRight(ListedEnsemble ensemble, string path)
    {
        if (!File.Exists(path) || new FileInfo(path).Length is var bytes && !HasRightSize(ensemble, bytes))
            return false;
        using var file = InputFile.Open(path, "an .npz file");
        return Convert.ToHexStringLower(SHA256.HashData(file)) == ensemble.Sha256;
    }

    /// <summary>Copies a file, if it is the listed one; its size is looked at before and its SHA-256 after.</summary>
    /// <param name="ensemble">What it must be.</param>
    /// <param name="from">The file.</param>
    /// <param name="to">The file to write.</param>
    /// <param name="progress">Told the bytes so far and in all.</param>
    /// <param name="cancel">Leaves nothing behind.</param>
    /// <exception cref="InvalidDataException">It is another file; nothing is kept.</exception>
    public static void Copy(
        ListedEnsemble ensemble,
        string from,
        string to,
        Action<long, long?>? progress,
        CancellationToken cancel
    )
    {
        using var file = InputFile.Open(from, "an .npz file");
        long length = file.Length;
        if (!HasRightSize(ensemble, length))
            throw new InvalidDataException(
                $"{from}: has {length:N0} bytes; {ensemble.Name} has "
                    + (ensemble.Bytes is { } bytes ? $"{bytes:N0}" : $"{ensemble.AtMost:N0} at the most")
            );
        AtomicFile.Write(
            to,
            copy =>
            {
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                var buffer = new byte[1 << 20];
                long done = 0;
                while (file.Read(buffer) is > 0 and int count)
                {
                    cancel.ThrowIfCancellationRequested();
                    if ((done += count) > length)
                        throw new InvalidDataException($"{from}: grew while it was read");
                    hash.AppendData(buffer, 0, count);
                    copy.Write(buffer, 0, count);
                    progress?.Invoke(done, length);
                }
                string got = Convert.ToHexStringLower(hash.GetHashAndReset());
                if (got != ensemble.Sha256)
                    throw new InvalidDataException(
                        $"{from}: sha256 {got}, the results of {ensemble.Name} were computed on {ensemble.Sha256}; "
                            + "nothing was kept"
                    );
            }
        );
    }

    /// <summary>As <see cref="Copy"/>, from a server.</summary>
    public static Task Download(
        ListedEnsemble ensemble,
        Uri from,
        string to,
        Action<long, long?>? progress,
        CancellationToken cancel
    ) => Datasets.Download.ToFile(from, to, ensemble.Sha256, ensemble.AtMost, progress, cancel, ensemble.Bytes);

    static bool HasRightSize(ListedEnsemble ensemble, long bytes) =>
        bytes > 0 && (ensemble.Bytes is { } exact ? bytes == exact : bytes <= ensemble.AtMost);
}
