using Workbook.Notebooks;

namespace Tests.Workbook.Notebooks;

public class CommittedNotebooksTests
{
    [Fact]
    public void Committed_notebooks_are_run_whole_and_hold_no_algorithm()
    {
        string folder = Path.Combine(Outside.Root, "notebooks");
        if (!Directory.Exists(folder)) Assert.Skip("no notebooks yet");
        string[] problems = [.. Directory.EnumerateFiles(folder, "*.ipynb").Order().SelectMany(path =>
            NotebookHygiene.Problems(Notebook.Read(path), Outside.Root).Select(problem => $"{Path.GetFileName(path)}, {problem}"))];
        Assert.True(problems.Length == 0, string.Join('\n', problems));
    }

    [Fact]
    public void Committed_notebooks_open_in_the_editors_that_know_this_kernel()
    {
        string folder = Path.Combine(Outside.Root, "notebooks");
        if (!Directory.Exists(folder)) Assert.Skip("no notebooks yet");
        foreach (string path in Directory.EnumerateFiles(folder, "*.ipynb"))
        {
            Notebook notebook = Notebook.Read(path);
            Assert.Equal(".net-csharp", (string?)notebook.Metadata["kernelspec"]?["name"]);
            Assert.NotNull(notebook.Metadata["polyglot_notebook"]?["kernelInfo"]);
            Assert.NotNull(notebook.Title);
        }
    }
}
