using RobustInference.Files;
using RobustInference.Results;
using Workbook.Notebooks;
using Workbook.Notebooks.Execution;
using Workbook.Notebooks.Pages;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary>Runs notebooks, each in a process of its own and some side by side, and writes what came of
/// them.</summary>
/// <param name="output">The folder of results.</param>
/// <param name="profile">What notebooks read of <see cref="RunCommand.ProfileVariable"/>.</param>
/// <param name="inPlace">Whether the notebooks themselves get the outputs too.</param>
sealed class NotebookWorks(string output, string profile, bool inPlace)
{
    /// <summary>What a notebook of ours may take: what is measured of the largest chapter, and some more.</summary>
    const long MemoryOfOne = 3L << 29;
    const int MostSideBySide = 2;
    const string TimesFile = "times.json";

    readonly CellTimes times = CellTimes.Read(
        Path.Combine(WorkbookFolder.Root, "notebooks", TimesFile),
        Path.Combine(output, TimesFile)
    );

    Site site = new([], new SourceIndex(WorkbookFolder.Root));

    string Profile => profile;

    /// <summary>How many notebooks run side by side on this machine.</summary>
    public static int SideBySide { get; } =
        (int)Math.Clamp(Math.Min(Environment.ProcessorCount, MemoryAtHand.Bytes() / MemoryOfOne), 1, MostSideBySide);

    /// <summary>Runs all and writes their pages and those that they share.</summary>
    /// <returns>How each ended, in their order.</returns>
    public async Task<IReadOnlyList<NotebookRun>> Run(
        IReadOnlyList<NotebookWork> works,
        RunLimits limits,
        CancellationToken stop
    )
    {
        using var screen = new RunScreen();
        site = Site.Of(output, works.ToDictionary(work => work.Name, work => work.Notebook), site.Sources, _ => { });
        SayWhatComes(works, screen);
        var runs = new NotebookRun[works.Count];
        using var places = new SemaphoreSlim(SideBySide);
        // The longest first, so that none is left to run alone at the end.
        await Task.WhenAll(
            Enumerable
                .Range(0, works.Count)
                .OrderByDescending(i => times.Of(works[i].Notebook, profile) ?? double.MaxValue)
                .Select(async i =>
                {
                    await places.WaitAsync(stop);
                    try
                    {
                        runs[i] = await Run(works[i], limits, screen, stop);
                    }
                    finally
                    {
                        places.Release();
                    }
                })
        );
        times.Write(Path.Combine(output, TimesFile));
        // What a fresh clone is to expect is kept beside the chapters, as their outputs are.
        string chapters = Path.Combine(WorkbookFolder.Root, "notebooks");
        if (inPlace)
            times.Write(
                Path.Combine(chapters, TimesFile),
                Site.Run(chapters, Screen.Remark).Select(chapter => chapter.Notebook)
            );
        WriteSite(works, screen);
        return runs;
    }

    async Task<NotebookRun> Run(NotebookWork work, RunLimits limits, RunScreen screen, CancellationToken stop)
    {
        var board = new RunBoard(work.Notebook, work.Name, cell => times.Of(cell, profile));
        screen.Begin(board);
        var watcher = new Watcher(this, work, board, screen);
        NotebookRun run;
        try
        {
            run = await new NotebookRunner(limits, watcher).Run(
                work.Notebook,
                work.Folder,
                new Dictionary<string, string> { [RunCommand.ProfileVariable] = profile },
                stop
            );
        }
        catch (IOException error) // the process did not start: that is this notebook's failure, and the others go on
        {
            run = new NotebookRun(
                TimeSpan.Zero,
                [new CellFailure(null, new Kernel.CellError("IOException", error.Message, [error.Message]))],
                []
            );
        }
        if (inPlace && run.Succeeded)
            work.Notebook.Write(work.Path);
        IndexPage.Note(work.Notebook, run, profile);
        Keep(work);
        WritePage(work.Name, work.Notebook, work.Folder);
        screen.End(board, run);
        return run;
    }

    // The pages that all chapters share, and those of earlier runs anew, whose sidebar was another.
    void WriteSite(IEnumerable<NotebookWork> written, RunScreen screen)
    {
        screen.Doing("writing the pages");
        (string Name, Notebook Notebook)[] all =
        [
            .. Site.Run(output, remark => screen.Line(Spectre.Console.Markup.Escape(remark))),
        ];
        foreach (var (name, notebook) in all.ExceptBy(written.Select(work => work.Name), entry => entry.Name))
        {
            screen.Doing($"writing the pages: {name}");
            WritePage(name, notebook, Path.Combine(WorkbookFolder.Root, "notebooks"));
        }
        screen.Doing("writing the pages: the index");
        string[] documentation =
        [
            .. new[] { "RobustInference.xml", "RobustInference.Experiments.xml" }.Select(file =>
                Path.Combine(AppContext.BaseDirectory, file)
            ),
        ];
        AtomicFile.WriteText(Path.Combine(output, Site.LibraryFile), LibraryPage.Render(site, documentation));
        AtomicFile.WriteText(Path.Combine(output, Site.IndexFile), IndexPage.Render(all, site));
    }

    void WritePage(string name, Notebook notebook, string folder) =>
        AtomicFile.WriteText(Path.Combine(output, name + ".html"), HtmlPage.Render(notebook, name, folder, site));

    // The copy lies a folder deeper in artifacts, and shall run from there as well.
    void Keep(NotebookWork work) =>
        AtomicFile.WriteText(
            Path.Combine(output, work.Name + ".ipynb"),
            work.Notebook.ToJson().Replace("#r \\\"../artifacts/", "#r \\\"../")
        );

    void SayWhatComes(IReadOnlyList<NotebookWork> works, RunScreen screen)
    {
        double?[] known = [.. works.Select(work => times.Of(work.Notebook, profile))];
        string expected = known.All(time => time is null)
            ? "not run before"
            : $"about {RunBoard.Seconds(CellTimes.SideBySide(known.OfType<double>(), SideBySide))} by the last run";
        string count = works.Count == 1 ? "1 notebook" : $"{works.Count} notebooks, {SideBySide} side by side";
        screen.Line($"[bold]{count}: {expected}[/]");
    }

    sealed class Watcher(NotebookWorks works, NotebookWork work, RunBoard board, RunScreen screen) : IRunWatcher
    {
        readonly NotebookCell[] cells = [.. work.Notebook.Cells.Where(cell => cell.Kind == CellKind.Code)];

        public void Started(int index) => board.Start(index);

        public void Working(string what) => board.Work(what);

        public void Ended(int index, TimeSpan elapsed, bool failed)
        {
            if (!failed)
                works.times.Note(cells[index - 1], works.Profile, elapsed);
            works.Keep(work);
            screen.Ended(board, index, elapsed, failed);
        }
    }
}
