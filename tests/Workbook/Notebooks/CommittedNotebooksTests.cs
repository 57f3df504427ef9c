using Workbook.Kernel;
using Workbook.Notebooks;

namespace Tests.Workbook.Notebooks;

public class CommittedNotebooksTests
{
    public static TheoryData<string> Chapters
    {
        get
        {
            string folder = Path.Combine(Outside.Root, "notebooks");
            return Directory.Exists(folder)
                ? [.. Directory.EnumerateFiles(folder, "*.ipynb").Select(path => Path.GetFileName(path)).Order()]
                : [];
        }
    }

    [Theory, MemberData(nameof(Chapters))]
    public void Every_cell_of_a_chapter_compiles_against_the_library_as_it_is(string chapter)
    {
        string path = Path.Combine(Outside.Root, "notebooks", chapter);
        NotebookCell[] cells =
        [
            .. Notebook
                .Read(path)
                .Cells.Where(cell => cell.Kind == CellKind.Code && !cell.Tags.Contains("raises-exception")),
        ];
        var refused = new CSharpSession(Path.GetDirectoryName(path)!).Check([.. cells.Select(cell => cell.Source)]);
        Assert.True(
            refused is null,
            refused is var (cell, error) ? $"{chapter}, cell {cells[cell].Number}: {error.Message}" : ""
        );
    }

    [Fact]
    public void Committed_notebooks_are_run_whole_and_hold_no_algorithm()
    {
        string folder = Path.Combine(Outside.Root, "notebooks");
        if (!Directory.Exists(folder))
            Assert.Skip("no notebooks yet");
        string[] problems =
        [
            .. Directory
                .EnumerateFiles(folder, "*.ipynb")
                .Order()
                .SelectMany(path =>
                    NotebookHygiene
                        .Problems(Notebook.Read(path), Outside.Root)
                        .Select(problem => $"{Path.GetFileName(path)}, {problem}")
                ),
        ];
        Assert.True(problems.Length == 0, string.Join('\n', problems));
    }

    [Fact]
    public void Committed_notebooks_open_in_the_editors_that_know_this_kernel()
    {
        string folder = Path.Combine(Outside.Root, "notebooks");
        if (!Directory.Exists(folder))
            Assert.Skip("no notebooks yet");
        foreach (string path in Directory.EnumerateFiles(folder, "*.ipynb"))
        {
            Notebook notebook = Notebook.Read(path);
            Assert.Equal(".net-csharp", (string?)notebook.Metadata["kernelspec"]?["name"]);
            Assert.NotNull(notebook.Metadata["polyglot_notebook"]?["kernelInfo"]);
            Assert.NotNull(notebook.Title);
        }
    }
}
