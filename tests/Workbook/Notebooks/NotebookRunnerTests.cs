using Workbook.Notebooks;

namespace Tests.Workbook.Notebooks;

public class NotebookRunnerTests
{
    static NotebookRun Run(Notebook notebook, IProgress<CellProgress>? progress = null) =>
        new NotebookRunner(progress).Run(notebook, AppContext.BaseDirectory);

    static string Outputs(Notebook notebook) =>
        string.Join(
            "; ",
            notebook
                .Cells.SelectMany(cell => cell.Outputs)
                .Select(output =>
                    $"{output["output_type"]} "
                    + $"{(output["text"] ?? output["data"]?.AsObject().First().Value ?? output["evalue"])!.ToJsonString()}"
                )
        );

    [Fact]
    public void Outputs_are_stored_as_Jupyter_stores_them()
    {
        Notebook notebook = WrittenNotebook.Of(
            "# Title",
            "Console.WriteLine(1); Console.Write(2);",
            "\"<b>x</b>\".DisplayAs(\"text/html\"); \"value\"",
            "int x = 1;"
        );
        Assert.True(Run(notebook).Succeeded);
        Assert.Equal(
            """stream ["1\n","2"]; display_data ["\u003Cb\u003Ex\u003C/b\u003E"]; execute_result ["value"]""",
            Outputs(notebook)
        );
        Assert.Contains("\"execution_count\": 3", notebook.ToJson());
        Assert.Equal(notebook.ToJson(), Notebook.Parse(notebook.ToJson(), "again").ToJson());
    }

    [Fact]
    public void A_failing_cell_ends_the_run_and_is_named()
    {
        Notebook notebook = WrittenNotebook.Of("# Title", "1", "int x = 0;\nthrow new Exception(\"no\");", "2");
        NotebookRun run = Run(notebook);
        Assert.Equal(3, run.Failed!.Number);
        Assert.Equal("Cell[2], line 2: no", run.Error!.Message);
        Assert.Equal("""execute_result ["1"]; error "Cell[2], line 2: no" """.Trim(), Outputs(notebook));
    }

    [Fact]
    public void A_cell_that_is_meant_to_fail_may_do_so()
    {
        Notebook notebook = WrittenNotebook.Of(
            WrittenNotebook.Tagged(WrittenNotebook.Code("throw new Exception(\"no\");"), "raises-exception"),
            WrittenNotebook.Code("2")
        );
        Assert.True(Run(notebook).Succeeded);
        Assert.Equal(
            """error "Cell[1]: no"; execute_result ["2"]""",
            Outputs(notebook).Replace("Cell[1], line 1", "Cell[1]")
        );
    }

    [Fact]
    public void A_display_that_a_later_cell_updates_is_stored_with_its_last_content()
    {
        Notebook notebook = WrittenNotebook.Of("var bar = display(HTML(\"0 %\"));", "bar.Update(HTML(\"100 %\"));");
        Assert.True(Run(notebook).Succeeded);
        Assert.Equal("""display_data ["100 %"]""", Outputs(notebook));
    }

    [Fact]
    public void Progress_is_told_cell_by_cell()
    {
        var told = new List<CellProgress>();
        Run(WrittenNotebook.Of("# Title", "1", "2"), new Told(told));
        Assert.Equal(
            [(1, 2, false), (1, 2, true), (2, 2, false), (2, 2, true)],
            told.Select(report => (report.Index, report.Count, report.Elapsed is not null))
        );
    }

    [Fact]
    public void A_run_can_be_stopped()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        Assert.Throws<OperationCanceledException>(() =>
            new NotebookRunner().Run(WrittenNotebook.Of("while (true) { }"), AppContext.BaseDirectory, stop.Token)
        );
    }

    sealed class Told(List<CellProgress> told) : IProgress<CellProgress>
    {
        public void Report(CellProgress value) => told.Add(value);
    }
}
