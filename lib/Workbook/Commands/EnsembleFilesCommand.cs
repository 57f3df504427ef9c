using System.CommandLine;
using RobustInference.Files;
using RobustInference.Results;
using RobustInference.Running;
using Spectre.Console;
using Workbook.Datasets;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary><c>./workbook data fetch|pack ensembles</c>: the files of ensembles whose results are recorded and that are
/// too large to come along.</summary>
static class EnsembleFilesCommand
{
    /// <summary>What stands for them where a data set is named.</summary>
    public const string Name = "ensembles";

    /// <summary><c>--only NAME</c>.</summary>
    public static Option<string[]> Only() =>
        new("--only")
        {
            Description = $"Some of the {Name} of data/ensembles.json (default: all).",
            HelpName = "NAME",
            AllowMultipleArgumentsPerToken = true,
        };

    public static Command CreatePack()
    {
        var what = new Argument<string>("WHAT") { Description = $"'{Name}'." };
        what.AcceptOnlyFromAmong(Name);
        var output = new Argument<string>("OUT") { Description = "The folder to write them into." };
        var folders = Options.Ensembles();
        var only = Only();
        var command = new Command(
            "pack",
            "Gather the ensembles whose results are recorded and that are too large to come along, for a release or "
                + "another machine; each is checked against its SHA-256."
        )
        {
            what,
            output,
            folders,
            only,
        };
        command.SetAction(
            (parse, cancel) =>
                Task.Run(
                    () =>
                        Pack(
                            parse.GetRequiredValue(output),
                            [.. parse.GetValue(folders) ?? [], .. WorkbookFolder.Ensembles],
                            parse.GetValue(only) ?? [],
                            cancel
                        ),
                    CancellationToken.None
                )
        );
        return command.WithExample(
            "./workbook data pack ensembles release --ensembles ~/cifar100",
            "./workbook data pack ensembles release --only cifar10-a0.5-s3"
        );
    }

    /// <summary>Fetches from a folder or a server; what is there already is left alone.</summary>
    /// <returns>0; 2 where some are not there.</returns>
    public static Task<int> Fetch(string from, string[] only, CancellationToken cancel)
    {
        var server =
            Uri.TryCreate(from, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
                ? address
                : null;
        if (server is null && !Directory.Exists(from))
            throw new ArgumentException($"--from is '{from}': no folder, and no address that begins with https://");
        string folder = WorkbookFolder.FetchedEnsembles;
        return ForEach(
            only,
            folder,
            async (ensemble, to, progress) =>
            {
                if (server is null)
                {
                    string file = Path.Combine(from, ensemble.File);
                    if (!File.Exists(file))
                        return false;
                    EnsembleFiles.Copy(ensemble, file, to, progress, cancel);
                    return true;
                }
                var place = new Uri(server.AbsoluteUri.TrimEnd('/') + "/" + ensemble.File);
                try
                {
                    await EnsembleFiles.Download(ensemble, place, to, progress, cancel);
                    return true;
                }
                catch (HttpRequestException error) when (error.StatusCode == System.Net.HttpStatusCode.NotFound)
                {
                    return false;
                }
            },
            absent => $"{absent} not in {from}",
            cancel
        );
    }

    static async Task<int> Pack(string output, IReadOnlyList<string> folders, string[] only, CancellationToken cancel)
    {
        string? Found(ListedEnsemble ensemble) =>
            folders.Select(folder => Path.Combine(folder, ensemble.File)).FirstOrDefault(File.Exists);
        int result = await ForEach(
            only,
            output,
            (ensemble, to, progress) =>
            {
                if (Found(ensemble) is not { } file)
                    return Task.FromResult(false);
                EnsembleFiles.Copy(ensemble, file, to, progress, cancel);
                return Task.FromResult(true);
            },
            absent => $"{absent} not in {string.Join(", ", folders)} (--ensembles names further folders)",
            cancel
        );
        // As `sha256sum --check` reads it.
        AtomicFile.WriteText(
            Path.Combine(output, "SHA256SUMS"),
            string.Concat(
                Listed([])
                    .Where(ensemble => File.Exists(Path.Combine(output, ensemble.File)))
                    .Select(ensemble => $"{ensemble.Sha256}  {ensemble.File}\n")
            )
        );
        return result;
    }

    static IReadOnlyList<ListedEnsemble> Listed(string[] only) =>
        EnsembleFiles.Chosen(EnsembleList.Read(WorkbookFolder.EnsembleList), only);

    static async Task<int> ForEach(
        string[] only,
        string folder,
        Func<ListedEnsemble, string, Action<long, long?>, Task<bool>> take,
        Func<string, string> absence,
        CancellationToken cancel
    )
    {
        var chosen = Listed(only);
        var absent = new List<string>();
        foreach (var ensemble in chosen)
        {
            cancel.ThrowIfCancellationRequested();
            string to = Path.Combine(folder, ensemble.File);
            if (EnsembleFiles.IsRight(ensemble, to))
                Screen.Results.WriteLine($"{to}: is there already (sha256 {ensemble.Sha256[..12]}…)");
            else if (await TransferScreen.Watch(ensemble.File, progress => take(ensemble, to, progress)))
                Screen.Results.WriteLine(
                    $"{to}: {new FileInfo(to).Length:N0} bytes (sha256 {ensemble.Sha256[..12]}…); {ensemble.UsedBy}"
                );
            else
                absent.Add(ensemble.Name);
        }
        if (absent.Count == 0)
            return 0;
        string names = string.Join(", ", absent) + (absent.Count == 1 ? " is" : " are");
        return ErrorReporter.Report(
            $"{chosen.Count - absent.Count} of {chosen.Count} {Name}: {absence(names)}; --only NAME takes some alone",
            ExitCode.BadInput
        );
    }
}
