using Workbook.Notebooks;
using Workbook.Notebooks.Execution;

namespace Tests.Workbook.Notebooks;

public class NotebookRunnerTests
{
    static Task<NotebookRun> Run(Notebook notebook, RunLimits? limits = null, IRunWatcher? watcher = null) =>
        new NotebookRunner(limits, watcher).Run(notebook, AppContext.BaseDirectory);

    static string Outputs(Notebook notebook) =>
        string.Join(
            "; ",
            notebook
                .Cells.SelectMany(cell => cell.Outputs)
                .Select(output =>
                    $"{output["output_type"]} "
                    + (output["text"] ?? output["data"]?.AsObject().First().Value ?? output["evalue"])!.ToJsonString()
                )
        );

    [Fact]
    public async Task Outputs_are_stored_as_Jupyter_stores_them()
    {
        Notebook notebook = WrittenNotebook.Of(
            "# Title",
            "Console.WriteLine(1); Console.Write(2);",
            "\"<b>x</b>\".DisplayAs(\"text/html\"); \"value\"",
            "int x = 1;"
        );
        Assert.True((await Run(notebook)).Succeeded);
        Assert.Equal(
            """stream ["1\n","2"]; display_data ["\u003Cb\u003Ex\u003C/b\u003E"]; execute_result ["value"]""",
            Outputs(notebook)
        );
        Assert.Contains("\"execution_count\": 3", notebook.ToJson());
        Assert.Equal(notebook.ToJson(), Notebook.Parse(notebook.ToJson(), "again").ToJson());
    }

    [Fact]
    public async Task A_failing_cell_ends_the_run_and_is_named()
    {
        Notebook notebook = WrittenNotebook.Of("# Title", "1", "int x = 0;\nthrow new Exception(\"no\");", "2");
        NotebookRun run = await Run(notebook);
        CellFailure failure = Assert.Single(run.Failures);
        Assert.Equal(3, failure.Cell!.Number);
        Assert.Equal("Cell[2], line 2: no", failure.Error.Message);
        Assert.Equal("""execute_result ["1"]; error "Cell[2], line 2: no" """.Trim(), Outputs(notebook));
    }

    [Fact]
    public async Task A_cell_that_is_meant_to_fail_may_do_so()
    {
        Notebook notebook = WrittenNotebook.Of(
            WrittenNotebook.Tagged(WrittenNotebook.Code("throw new Exception(\"no\");"), "raises-exception"),
            WrittenNotebook.Code("2")
        );
        Assert.True((await Run(notebook)).Succeeded);
        Assert.Equal(
            """error "Cell[1]: no"; execute_result ["2"]""",
            Outputs(notebook).Replace("Cell[1], line 1", "Cell[1]")
        );
    }

    [Fact]
    public async Task A_display_that_a_later_cell_updates_is_stored_with_its_last_content()
    {
        Notebook notebook = WrittenNotebook.Of("var bar = display(HTML(\"0 %\"));", "bar.Update(HTML(\"100 %\"));");
        Assert.True((await Run(notebook)).Succeeded);
        Assert.Equal("""display_data ["100 %"]""", Outputs(notebook));
    }

    [Fact]
    public async Task A_watcher_is_told_cell_by_cell()
    {
        var told = new Told();
        await Run(WrittenNotebook.Of("# Title", "1", "2"), watcher: told);
        Assert.Equal(["started 1", "ended 1 False", "started 2", "ended 2 False"], told.Lines);
    }

    [Fact]
    public async Task A_run_can_be_stopped()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new NotebookRunner().Run(WrittenNotebook.Of("while (true) { }"), AppContext.BaseDirectory, stop: stop.Token)
        );
    }

    [Fact]
    public async Task Output_beyond_the_limit_of_a_cell_is_left_out_with_a_note()
    {
        Notebook notebook = WrittenNotebook.Of(
            "for (int i = 0; i < 3000; i++) Console.WriteLine(new string('x', 1000));",
            "Console.Write(\"next\");"
        );
        Assert.True((await Run(notebook, new RunLimits { Output = 1_000_000 })).Succeeded);
        string[] texts =
        [
            .. notebook
                .Cells.SelectMany(cell => cell.Outputs)
                .Select(output => string.Concat(output["text"]!.AsArray().Select(line => (string?)line))),
        ];
        Assert.Equal(3, texts.Length);
        Assert.InRange(texts[0].Length, 100_000, 1_000_000);
        Assert.Contains("more than 1 MB of output", texts[1]);
        Assert.Equal("next", texts[2]);
    }

    [Fact]
    public async Task Cells_behind_a_failed_one_run_where_that_is_wished()
    {
        Notebook notebook = WrittenNotebook.Of("throw new Exception(\"no\");", "2");
        NotebookRun run = await Run(notebook, new RunLimits { KeepGoing = true });
        Assert.Equal(1, Assert.Single(run.Failures).Cell!.Number);
        Assert.EndsWith("execute_result [\"2\"]", Outputs(notebook));
    }

    [Fact]
    public async Task A_cell_that_takes_too_long_is_stopped_and_the_next_one_may_run()
    {
        Notebook notebook = WrittenNotebook.Of("int x = 1;", "while (true) { }", "x + 1");
        NotebookRun run = await Run(notebook, new RunLimits { KeepGoing = true, Timeout = TimeSpan.FromSeconds(8) });
        CellFailure failure = Assert.Single(run.Failures);
        Assert.Equal((2, "took longer than 8 s and was stopped"), (failure.Cell!.Number, failure.Error.Message));
        Assert.EndsWith("execute_result [\"2\"]", Outputs(notebook));
    }

    [Theory]
    [InlineData("Environment.Exit(0);", "ended with exit code 0 before the notebook did")]
    [InlineData("System.Diagnostics.Process.GetCurrentProcess().Kill();", "was killed (signal 9)")]
    [InlineData("int Down(int x) => Down(x + 1) + 1;\nDown(0)", "died of signal 6: Stack overflow.")]
    [InlineData(
        "new System.Threading.Thread(() => throw new Exception(\"late\")).Start(); "
            + "System.Threading.Thread.Sleep(2000);",
        "Cell[2], line 1: late (nobody caught it, and it ended the process)"
    )]
    public async Task What_a_cell_does_to_its_process_is_said_and_what_came_before_is_kept(string code, string reason)
    {
        Notebook notebook = WrittenNotebook.Of("1", code, "3");
        NotebookRun run = await Run(notebook);
        CellFailure failure = Assert.Single(run.Failures);
        Assert.Equal(2, failure.Cell!.Number);
        Assert.Contains(reason, failure.Error.Message);
        Assert.StartsWith("execute_result [\"1\"]; error", Outputs(notebook));
        Assert.Empty(notebook.Cells[2].Outputs);
    }

    [Fact]
    public async Task A_thread_that_goes_on_is_ended_and_named_with_its_cell()
    {
        Notebook notebook = WrittenNotebook.Of(
            "1",
            "new System.Threading.Thread(() => System.Threading.Thread.Sleep(-1)) { Name = \"clock\" }.Start();",
            "3"
        );
        NotebookRun run = await Run(notebook, new RunLimits { Grace = TimeSpan.FromSeconds(1) });
        CellFailure failure = Assert.Single(run.Failures);
        Assert.Equal(2, failure.Cell!.Number);
        Assert.StartsWith("the thread 'clock' (id", failure.Error.Message);
    }

    [Fact]
    public async Task A_process_that_takes_too_much_memory_is_ended()
    {
        Notebook notebook = WrittenNotebook.Of(
            "var all = new List<byte[]>();",
            "while (true) { all.Add(new byte[1 << 20]); Array.Fill(all[^1], (byte)1); }"
        );
        NotebookRun run = await Run(notebook, new RunLimits { Memory = 500_000_000 });
        Assert.Contains("took more than 0.5 GB of memory", Assert.Single(run.Failures).Error.Message);
        Assert.Equal(2, run.Failures[0].Cell!.Number);
    }

    [Fact]
    public async Task A_figure_can_be_drawn_and_moved()
    {
        Notebook notebook = WrittenNotebook.Of(
            "#r \"RobustInference.dll\"\n#r \"RobustInference.Experiments.dll\"\nusing RobustInference.Reporting;\n"
                + "Figure.Of(\"t\", \"x\", \"y\", new LineSeries(\"n\", new double[] { 1 }, new double[] { 2 }))"
        );
        Assert.True((await Run(notebook)).Succeeded);
        Assert.Equal(
            ["image/svg+xml", "application/vnd.plotly.v1+json", "text/plain"],
            Assert.Single(notebook.Cells[0].Outputs)["data"]!.AsObject().Select(form => form.Key)
        );
    }

    [Fact]
    public async Task A_form_that_claims_to_be_JSON_and_is_not_stays_text()
    {
        Notebook notebook = WrittenNotebook.Of(
            """ "{\"a\": 1, \"a\": NaN".DisplayAs("application/json"); """.Trim(),
            "2"
        );
        Assert.True((await Run(notebook)).Succeeded);
        Notebook.Parse(notebook.ToJson(), "again");
    }

    sealed class Told : IRunWatcher
    {
        public List<string> Lines { get; } = [];

        public void Started(int index) => Lines.Add($"started {index}");

        public void Working(string what) => Lines.Add($"working {what}");

        public void Ended(int index, TimeSpan elapsed, bool failed) => Lines.Add($"ended {index} {failed}");
    }
}
