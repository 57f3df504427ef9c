using RobustInference.Catalogue;
using RobustInference.Files;

namespace RobustInference.Results;

/// <summary>Where things lie in the workbook's repository, for verbs and notebooks alike.</summary>
public static class WorkbookFolder
{
    const string Landmark = "RobustInference.slnx";

    /// <summary>The file at the root of a published folder: what was published, and for which machine.</summary>
    public const string PublishedLandmark = "robust-inference.json";

    const string Probe = ".probe";
    const int DefaultClients = 17;

    /// <summary>The repository, or a published folder: what the <c>workbook</c> script says, else the first folder
    /// above the current one or above this assembly that looks like it, else the current folder.</summary>
    public static string Root { get; } =
        Environment.GetEnvironmentVariable("WORKBOOK_ROOT") is { Length: > 0 } root
            ? Path.GetFullPath(root)
            : Above(Environment.CurrentDirectory)
                ?? Above(AppContext.BaseDirectory)
                ?? Above(Path.GetDirectoryName(typeof(WorkbookFolder).Assembly.Location))
                ?? ".";

    /// <summary>What this machine makes: in the repository, or where that cannot be written to, in the user's cache
    /// folder, which is said once.</summary>
    public static string Artifacts => artifacts.Value;

    static readonly Lazy<string> artifacts = new(WritableArtifacts);

    /// <summary>Whether this is the repository, with its sources, and no published folder.</summary>
    public static bool HasSources => File.Exists(Path.Combine(Root, Landmark));

    /// <summary>Downloaded data sets.</summary>
    public static string DataCache => Path.Combine(Root, "data", "cache");

    /// <summary>A few real CIFAR-10 images in the official layout, so that clients can be trained anywhere.</summary>
    public static string ImageSample => Path.Combine(Root, "data", "cifar10-sample");

    /// <summary>Trained aggregators by the hash of their inputs.</summary>
    public static string TrainedAggregators => Path.Combine(Artifacts, "aggregators");

    /// <summary>Results that came with the repository: read, never written.</summary>
    public static string RecordedResults => Path.Combine(Root, "data", "results");

    /// <summary>Results of this machine.</summary>
    public static string Results => Path.Combine(Artifacts, "results");

    /// <summary>Ensembles that experiments have trained.</summary>
    public static string TrainedEnsembles => Path.Combine(Artifacts, "ensembles");

    /// <summary>Ensembles that came with the repository.</summary>
    public static string EmbeddedEnsembles => Path.Combine(Root, "data", "probits");

    /// <summary>Further ensembles of recorded results, fetched by their checksum.</summary>
    public static string FetchedEnsembles => Path.Combine(Artifacts, "fetched-ensembles");

    /// <summary>Where files of ensembles are looked for by their name, in this order.</summary>
    public static IReadOnlyList<string> Ensembles => [EmbeddedEnsembles, FetchedEnsembles];

    /// <summary>The list of those further ensembles.</summary>
    public static string EnsembleList => Path.Combine(Root, "data", "ensembles.json");

    /// <summary>The embedded probits of (data set, α, seed, n).</summary>
    public static string Probits(string dataset, double alpha, long seed, int clients = DefaultClients) =>
        Path.Combine(EmbeddedEnsembles, new EnsembleId(dataset, alpha, clients, seed).Name + ".npz");

    static string WritableArtifacts()
    {
        string inRepository = Path.Combine(Root, "artifacts");
        if (AtomicFile.Obstacle(Path.Combine(inRepository, Probe)) is null)
            return inRepository;
        string ofUser = Path.Combine(
            Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
                ? cache
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
            "robust-inference"
        );
        if (AtomicFile.Obstacle(Path.Combine(ofUser, Probe)) is not null)
            ofUser = Path.Combine(Path.GetTempPath(), $"robust-inference-{Environment.UserName}");
        Console.Error.WriteLine(
            $"workbook: '{inRepository}' cannot be written to; results and trained networks go to '{ofUser}'"
        );
        return ofUser;
    }

    static string? Above(string? folder)
    {
        for (; folder is { Length: > 0 }; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, Landmark)) || File.Exists(Path.Combine(folder, PublishedLandmark)))
                return folder;
        return null;
    }
}
