using Tests.Workbook.Notebooks;
using Workbook.Notebooks;
using Workbook.Notebooks.Execution;

namespace Tests.Workbook.Commands;

public class RunCommandTests
{
    /// <summary>A root of its own with some notebooks and the real checkout's builds and data.</summary>
    static TemporaryFolder Root(params (string Name, Notebook Notebook)[] notebooks)
    {
        var root = new TemporaryFolder();
        string chapters = Directory.CreateDirectory(root.File("notebooks")).FullName;
        foreach (var (name, notebook) in notebooks)
            notebook.Write(Path.Combine(chapters, name));
        Directory.CreateDirectory(root.File("artifacts"));
        Directory.CreateSymbolicLink(root.File("artifacts/bin"), Path.Combine(Outside.Root, "artifacts", "bin"));
        Directory.CreateSymbolicLink(root.File("data"), Path.Combine(Outside.Root, "data"));
        return root;
    }

    [Fact]
    public void A_chapter_runs_on_the_data_set_that_is_asked_for()
    {
        const string Chapter = "05-aggregators";
        string path = Path.Combine(Outside.Root, "notebooks", Chapter + ".ipynb");
        using TemporaryFolder root = Root((Chapter + ".ipynb", Notebook.Read(path)));
        TimedRun run = TimedRun.Of([("WORKBOOK_ROOT", root.Path)], "run", "05", "-p", "dataset=agnews");
        Assert.True(run.ExitCode == 0, run.Text);
        Notebook written = Notebook.Read(root.File($"artifacts/notebooks/{Chapter}.dataset=agnews.ipynb"));
        NotebookCell given = Assert.Single(written.Cells, cell => cell.Tags.Contains("injected-parameters"));
        Assert.Equal("// Parameters\nstring dataset = \"agnews\";", given.Source);
        Assert.Contains("Accuracy under the six attacks, AG-News", written.ToJson());
        Assert.Contains("AG-News, seed 0: accuracy in %", written.ToJson());
    }

    [Theory]
    [InlineData("dataset=nowhere", "nowhere")]
    [InlineData("colour=red", "05-aggregators has no parameter 'colour'; it has dataset, seed")]
    [InlineData("seed=red", "05-aggregators: the parameter 'seed' is 'red'; it must be a value of type int")]
    public void A_parameter_that_does_not_suit_is_named(string parameter, string reason)
    {
        string path = Path.Combine(Outside.Root, "notebooks", "05-aggregators.ipynb");
        using TemporaryFolder root = Root(("05-aggregators.ipynb", Notebook.Read(path)));
        TimedRun run = TimedRun.Of([("WORKBOOK_ROOT", root.Path)], "run", "05", "-p", parameter);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(reason, run.Text);
    }

    [Fact]
    public void A_line_moves_at_least_every_five_seconds_and_says_what_is_worked_on()
    {
        Notebook notebook = WrittenNotebook.Of(
            WrittenNotebook.Text("# Slow\n\n## First steps"),
            WrittenNotebook.Code("System.Threading.Thread.Sleep(9000);"),
            WrittenNotebook.Text("## Learning"),
            WrittenNotebook.Code(
                "#r \"../artifacts/bin/RobustInference/release/RobustInference.dll\"\n"
                    + "using (RobustInference.Numerics.LongWork.Begin(\"training a network\"))\n"
                    + "    System.Threading.Thread.Sleep(9000);"
            )
        );
        using TemporaryFolder root = Root(("slow.ipynb", notebook));
        CellTimes times = CellTimes.Read();
        foreach (NotebookCell cell in notebook.Cells.Where(cell => cell.Kind == CellKind.Code))
            times.Note(cell, "quick", TimeSpan.FromSeconds(9));
        times.Write(root.File("notebooks/times.json"), [notebook]);

        TimedRun run = TimedRun.Of([("WORKBOOK_ROOT", root.Path)], "run");
        Assert.True(run.ExitCode == 0, run.Text);
        Assert.Contains("1 notebook: about 18.0 s", run.Lines[0].Text);
        Assert.True(run.LongestSilence < TimeSpan.FromSeconds(5), $"silent for {run.LongestSilence}:\n{run.Timed}");
        Assert.Matches(@"slow 1/2 First steps, \d\.\d s of about 9\.0 s", run.Text);
        Assert.Matches(@"slow 2/2 Learning, training a network, \d\.\d s of about 9\.0 s", run.Text);
    }

    [Fact]
    public void A_fresh_clone_knows_how_long_every_chapter_takes()
    {
        string chapters = Path.Combine(Outside.Root, "notebooks");
        string file = Path.Combine(chapters, "times.json");
        if (!File.Exists(file))
            Assert.Skip("notebooks/times.json is missing: ./workbook run --in-place writes it");
        CellTimes times = CellTimes.Read(file);
        foreach (string path in Directory.EnumerateFiles(chapters, "*.ipynb"))
            Assert.True(times.Of(Notebook.Read(path), "quick") > 0, path);
    }

    /// <summary>A foreground thread, a process's end that blocks, a child that stays: the last cell's end is the
    /// notebook's, within a minute.</summary>
    [Fact]
    public void What_does_not_end_by_itself_is_ended_within_a_minute_of_its_last_cell()
    {
        const string Wait = "System.Threading.Thread.Sleep(-1)";
        using TemporaryFolder root = Root(
            ("thread.ipynb", WrittenNotebook.Of($"new System.Threading.Thread(() => {Wait}).Start();")),
            ("end.ipynb", WrittenNotebook.Of($"AppDomain.CurrentDomain.ProcessExit += (_, _) => {Wait};")),
            ("child.ipynb", WrittenNotebook.Of("System.Diagnostics.Process.Start(\"sleep\", \"3000.25\").Dispose();")),
            ("pool.ipynb", WrittenNotebook.Of($"for (int i = 0; i < 20; i++) Task.Run(() => {Wait});"))
        );
        TimedRun run = TimedRun.Of([("WORKBOOK_ROOT", root.Path)], "run");
        Assert.Equal(1, run.ExitCode);
        foreach (string name in new[] { "thread", "end", "child", "pool" })
        {
            TimeSpan lastCell = run.Lines.First(line => line.Text.Contains($" s  {name} 1/1")).At;
            Assert.True(run.Elapsed - lastCell < TimeSpan.FromSeconds(60), run.Text);
        }
        Assert.Contains("2 of 4 notebooks passed", run.Text);
    }
}
