using System.CommandLine;
using RobustInference.Files;
using RobustInference.Results;
using Workbook.Notebooks;
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
        var command = new Command(
            "run",
            "Execute notebooks; the results are in artifacts/notebooks (*.ipynb, *.html, index.html)."
        )
        {
            names,
            profile,
            inPlace,
        };
        command.SetAction(
            (parse, stop) =>
                Task.Run(() =>
                    Run(
                        parse.GetValue(names) ?? [],
                        parse.GetResult(profile) is null or { Implicit: true } && parse.GetValue(inPlace)
                            ? "full"
                            : parse.GetRequiredValue(profile),
                        parse.GetValue(inPlace),
                        stop
                    )
                )
        );
        return command.WithExample("./workbook run", "./workbook run 05 --in-place");
    }

    static int Run(string[] names, string profile, bool inPlace, CancellationToken stop)
    {
        string root = WorkbookFolder.Root,
            output = Path.Combine(root, "artifacts", "notebooks");
        IReadOnlyList<string> paths = NotebookSelection.Find(Path.Combine(root, "notebooks"), names);
        Notebook[] notebooks = [.. paths.Select(Notebook.Read)];
        Environment.SetEnvironmentVariable(ProfileVariable, profile);
        Directory.CreateDirectory(output);
        int failures = 0;
        string before = Environment.CurrentDirectory;
        try
        {
            for (int i = 0; i < paths.Count; i++)
            {
                string folder = Path.GetDirectoryName(paths[i])!,
                    name = Path.GetFileNameWithoutExtension(paths[i]);
                Environment.CurrentDirectory = folder; // as Jupyter does
                NotebookRun run = new RunScreen(name).Watch(progress =>
                    new NotebookRunner(progress).Run(notebooks[i], folder, stop)
                );
                if (!run.Succeeded)
                    failures++;
                if (inPlace && run.Succeeded)
                    notebooks[i].Write(paths[i]);
                IndexPage.Note(notebooks[i], run, profile);
                string copy = Path.Combine(output, name + ".ipynb");
                notebooks[i].Write(copy);
                // The copy lies a folder deeper in artifacts, and shall run from there as well.
                AtomicFile.WriteText(copy, File.ReadAllText(copy).Replace("#r \\\"../artifacts/", "#r \\\"../"));
                AtomicFile.WriteText(
                    Path.Combine(output, name + ".html"),
                    HtmlPage.Render(notebooks[i], notebooks[i].Title ?? name, folder)
                );
            }
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
        AtomicFile.WriteText(Path.Combine(output, "index.html"), IndexPage.Render(output));
        Console.Out.WriteLine(
            $"{paths.Count - failures} of {paths.Count} notebooks passed: {Path.Combine(output, "index.html")}"
        );
        return failures == 0 ? 0 : 1;
    }
}
