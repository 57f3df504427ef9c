using System.CommandLine;
using RobustInference.Files;
using RobustInference.Results;
using Workbook.Notebooks;
using Workbook.Notebooks.Execution;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary><c>./workbook run</c>: executes notebooks and writes them, with their outputs, as notebooks and as
/// pages.</summary>
public static class RunCommand
{
    /// <summary>How notebooks learn of the profile.</summary>
    public const string ProfileVariable = "WORKBOOK_PROFILE";

    public static Command Create()
    {
        var names = new Argument<string[]>("notebook")
        {
            Description = "chapter numbers, beginnings of names, or files; all chapters when left out",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var profile = Options.Profile("quick");
        var inPlace = new Option<bool>("--in-place")
        {
            Description =
                "also refresh the outputs stored in the notebooks themselves; the profile is then full "
                + "unless one is given",
        };
        var parameters = new Option<string[]>("--parameter", "-p")
        {
            Description = "a value for a variable of the cell tagged 'parameters'; the results get a name of their own",
            HelpName = "NAME=VALUE",
        };
        var timeout = Options.OptionalPositive("--timeout", "most seconds for a cell (default: no limit)");
        var memory = Options.OptionalPositive(
            "--memory",
            "most memory for a notebook's process, in GB (default: what the machine has to give)"
        );
        var keepGoing = new Option<bool>("--keep-going")
        {
            Description = "run the cells behind a failed one too; the notebook counts as failed all the same",
        };
        var command = new Command(
            "run",
            "Execute notebooks, each in a process of its own; the results are in artifacts/notebooks "
                + "(*.ipynb, *.html, index.html)."
        )
        {
            names,
            profile,
            inPlace,
            parameters,
            timeout,
            memory,
            keepGoing,
        };
        command.SetAction(
            (parse, stop) =>
                Run(
                    parse.GetValue(names) ?? [],
                    parse.GetResult(profile) is null or { Implicit: true } && parse.GetValue(inPlace)
                        ? "full"
                        : parse.GetRequiredValue(profile),
                    parse.GetValue(inPlace),
                    Parameters(parse.GetValue(parameters) ?? []),
                    new RunLimits
                    {
                        Timeout = parse.GetValue(timeout) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
                        Memory = (long)(
                            parse.GetValue(memory) * 1e9 ?? 0.9 * MemoryAtHand.Bytes() / NotebookWorks.SideBySide
                        ),
                        KeepGoing = parse.GetValue(keepGoing),
                    },
                    stop
                )
        );
        return command.WithExample(
            "./workbook run",
            "./workbook run 05 --in-place",
            "./workbook run 05 -p dataset=agnews",
            "./workbook run mine.ipynb --timeout 600 --keep-going"
        );
    }

    static async Task<int> Run(
        string[] names,
        string profile,
        bool inPlace,
        IReadOnlyDictionary<string, string> parameters,
        RunLimits limits,
        CancellationToken stop
    )
    {
        if (inPlace && parameters.Count > 0)
            throw new ArgumentException("--in-place keeps the notebook's own parameters: leave out --parameter");
        string root = WorkbookFolder.Root,
            output = Path.Combine(root, "artifacts", "notebooks");
        IReadOnlyList<string> paths = NotebookSelection.Find(Path.Combine(root, "notebooks"), names);
        // All are read and checked before the first cell runs.
        var works = new List<NotebookWork>();
        var faults = new List<string>();
        foreach (string path in paths)
            try
            {
                works.Add(Read(path, parameters));
            }
            catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                faults.Add(ErrorReporter.Text(error));
            }
        if (works.GroupBy(work => work.Name).FirstOrDefault(group => group.Count() > 1) is { } same)
            throw new ArgumentException(
                $"{string.Join(" and ", same.Select(work => work.Path))} have the same name, and so would their results"
            );
        foreach (string fault in faults)
            ErrorReporter.Report(fault, ExitCode.BadInput);
        if (works.Count == 0)
            return ExitCode.BadInput;
        Directory.CreateDirectory(output);
        using var orphans = new OrphanedProcesses();
        var running = new NotebookWorks(output, profile, inPlace);
        IReadOnlyList<NotebookRun> runs = await running.Run(works, limits, stop);
        IEnumerable<string> reasons = works
            .Zip(runs, (work, run) => run.Failures.Select(failure => RunScreen.Reason(work.Name, failure)))
            .SelectMany(lines => lines);
        foreach (string line in faults.Concat(reasons))
            Console.Out.WriteLine($"failed: {line}");
        int passed = runs.Count(run => run.Succeeded);
        Console.Out.WriteLine($"{passed} of {paths.Count} notebooks passed: {Path.Combine(output, "index.html")}");
        return passed == paths.Count ? 0 : 1;
    }

    static NotebookWork Read(string path, IReadOnlyDictionary<string, string> parameters)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        Notebook notebook = Notebook.Read(path);
        if (parameters.Count == 0)
            return new NotebookWork(path, name, notebook);
        NotebookParameters.Set(notebook, parameters, name);
        string suffix = string.Concat(
            string.Join(',', parameters.Select(parameter => $"{parameter.Key}={parameter.Value}"))
                .Take(80)
                .Select(letter =>
                    char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '=' or ',' ? letter : '_'
                )
        );
        return new NotebookWork(path, $"{name}.{suffix}", notebook);
    }

    static Dictionary<string, string> Parameters(string[] given)
    {
        var parameters = new Dictionary<string, string>();
        foreach (string text in given)
        {
            int equals = text.IndexOf('=');
            if (equals < 1)
                throw new ArgumentException($"--parameter is '{text}'; it must be NAME=VALUE, such as dataset=agnews");
            if (!parameters.TryAdd(text[..equals], text[(equals + 1)..]))
                throw new ArgumentException($"--parameter gives '{text[..equals]}' twice");
        }
        return parameters;
    }
}
