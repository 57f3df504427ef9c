using System.CommandLine;
using RobustInference.Results;
using RobustInference.Running;
using Spectre.Console;
using Workbook.Datasets;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary><c>./workbook data list|fetch|verify</c>.</summary>
public static class DataCommand
{
    public static Command Create() =>
        new("data", "The data sets and further ensembles: where they come from, fetch, check, pack.")
        {
            CreateList(),
            CreateFetch(),
            CreateVerify(),
            EnsembleFilesCommand.CreatePack(),
        };

    static Command CreateList()
    {
        var data = Options.Data();
        var json = Options.Json();
        var command = new Command("list", "List the data sets, where to get them and which are here.") { data, json };
        command.SetAction(parse => List(parse.GetRequiredValue(data), parse.GetValue(json)));
        return command.WithExample("./workbook data list");
    }

    static Command CreateFetch()
    {
        var name = Name(required: true);
        var data = Options.Data();
        var url = new Option<Uri?>("--url")
        {
            Description =
                "A mirror of the official archive, or of the folder of the official files; checksums must be the same.",
            HelpName = "URL",
            CustomParser = result =>
            {
                if (
                    Uri.TryCreate(result.Tokens[^1].Value, UriKind.Absolute, out var address)
                    && address.Scheme is "http" or "https"
                )
                    return address;
                result.AddError($"--url is '{result.Tokens[^1].Value}'; it must begin with http:// or https://.");
                return null;
            },
        };
        var from = new Option<string?>("--from")
        {
            Description =
                $"{EnsembleFilesCommand.Name}: the folder, or the address of the folder, that holds their files.",
            HelpName = "FOLDER|URL",
        };
        var only = EnsembleFilesCommand.Only();
        var command = new Command(
            "fetch",
            "Download the official archive or files and check them; or fetch the ensembles of recorded results that "
                + "are too large to come along."
        )
        {
            name,
            data,
            url,
            from,
            only,
        };
        command.SetAction(
            (parse, cancel) =>
                Task.Run(
                    () =>
                        parse.GetRequiredValue(name) == EnsembleFilesCommand.Name
                            ? EnsembleFilesCommand.Fetch(
                                parse.GetValue(from)
                                    ?? throw new ArgumentException(
                                        "say where the ensembles are: --from FOLDER, or --from https://…"
                                    ),
                                parse.GetValue(only) ?? [],
                                cancel
                            )
                        : parse.GetValue(from) is not null
                            ? throw new ArgumentException("--from is for ensembles; a mirror of a data set is --url")
                        : Fetch(
                            DataSources.Named(parse.GetRequiredValue(name)!),
                            parse.GetRequiredValue(data),
                            parse.GetValue(url),
                            cancel
                        ),
                    CancellationToken.None
                )
        );
        return command.WithExample(
            "./workbook data fetch cifar10",
            "./workbook data fetch ensembles --from https://example.org/release",
            "./workbook data fetch ensembles --from ~/release --only cifar100-a0.5-s0"
        );
    }

    static Command CreateVerify()
    {
        var name = Name(required: false);
        var data = Options.Data();
        var json = Options.Json();
        var command = new Command(
            "verify",
            "Check the data sets that are here, or one, against the official checksums and those of "
                + "copies that are known."
        )
        {
            name,
            data,
            json,
        };
        command.SetAction(parse => Verify(parse.GetValue(name), parse.GetRequiredValue(data), parse.GetValue(json)));
        return command.WithExample("./workbook data verify", "./workbook data verify cifar10 --data DIR");
    }

    static Argument<string?> Name(bool required)
    {
        var name = new Argument<string?>("NAME")
        {
            Arity = required ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne,
            Description = required ? $"A data set, or {EnsembleFilesCommand.Name}." : "A data set.",
        };
        name.AcceptOnlyFromAmong([
            .. DataSources.All.Select(source => source.Name),
            .. required ? [EnsembleFilesCommand.Name] : (string[])[],
        ]);
        return name;
    }

    static int List(string data, bool json)
    {
        var rows = DataSources
            .All.Select(source => new
            {
                source.Name,
                source.Title,
                source.Page,
                Archive = string.Join(' ', source.Files.Select(file => file.Address)),
                Md5 = string.Join(' ', source.Files.Select(file => file.Md5)),
                Present = source.Find(data),
            })
            .ToArray();
        var ensembles = EnsembleList
            .Read(WorkbookFolder.EnsembleList)
            .Select(listed => new
            {
                listed.Name,
                listed.Sha256,
                listed.Bytes,
                listed.Recipe,
                listed.UsedBy,
                Present = WorkbookFolder
                    .Ensembles.Select(folder => Path.Combine(folder, listed.File))
                    .FirstOrDefault(File.Exists),
            })
            .ToArray();
        if (json)
        {
            Screen.Json(new { rows, ensembles });
            return 0;
        }
        var table = new Table()
            .Border(TableBorder.Simple)
            .AddColumn("name")
            .AddColumn("what")
            .AddColumn("official archive or files")
            .AddColumn("here");
        foreach (var row in rows)
            table.AddRow(new Text(row.Name), new Text(row.Title), new Text(row.Archive), new Text(row.Present ?? "no"));
        Screen.Results.Write(table);
        Screen.Results.WriteLine(
            $"'./workbook data fetch NAME' fetches into {data}. An archive is used as it is, and so is the "
                + "folder that it unpacks to."
        );
        if (ensembles.Length > 0)
            Screen.Results.WriteLine(
                $"{ensembles.Length} further ensembles have recorded results and are too large to come along; "
                    + $"{ensembles.Count(ensemble => ensemble.Present is not null)} are here "
                    + "('./workbook data fetch ensembles --from FOLDER|URL', --json lists them)."
            );
        return 0;
    }

    static async Task<int> Fetch(IDataSource source, string data, Uri? url, CancellationToken cancel)
    {
        if (source.Find(data) is { } present)
        {
            Screen.Results.WriteLine(
                $"{source.Name} is there already: {present} ('./workbook data verify {source.Name}' checks it)"
            );
            return 0;
        }
        foreach (var file in source.Files)
        {
            string path = Path.Combine(data, file.Place);
            // A mirror of several files is their folder.
            var from =
                url is null ? file.Address
                : source.Files.Count == 1 ? url
                : new Uri(url.AbsoluteUri.TrimEnd('/') + "/" + Path.GetFileName(path));
            await Fetch(from, path, file.Md5, cancel);
            Screen.Results.WriteLine(
                $"{path}: the official {(source.Files.Count == 1 ? "archive" : "file")} (md5 {file.Md5})"
            );
        }
        return 0;
    }

    static async Task Fetch(Uri from, string path, string md5, CancellationToken cancel)
    {
        if (!Screen.IsLive)
            Screen.Remark($"fetching {from} …");
        await TransferScreen.Watch(
            Path.GetFileName(path),
            async progress =>
            {
                await Download.ToFile(from, path, md5, RemoteFile.Largest, progress, cancel);
                return true;
            }
        );
    }

    static int Verify(string? name, string data, bool json)
    {
        IDataSource[] wanted = name is null
            ? [.. DataSources.All.Where(source => source.Find(data) is not null)]
            : [DataSources.Named(name)];
        if (wanted.Length == 0)
            throw new FileNotFoundException(
                $"no data set is in '{data}'; './workbook data list' says where to get them"
            );
        var rows = wanted
            .Select(source =>
            {
                string place =
                    source.Find(data)
                    ?? throw new FileNotFoundException(
                        $"{source.Name} is not in '{data}'; './workbook data list' says where to get it"
                    );
                return new
                {
                    source.Name,
                    Place = place,
                    Verdict = source.Verify(place),
                };
            })
            .ToArray();
        if (json)
            Screen.Json(new { rows });
        else
            foreach (var row in rows)
                Screen.Results.WriteLine($"{row.Place}: {row.Name}, {row.Verdict}");
        return 0;
    }
}
