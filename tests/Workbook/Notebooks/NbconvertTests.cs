using Workbook.Notebooks;

namespace Tests.Workbook.Notebooks;

public class NbconvertTests
{
    [Fact]
    public void Debian_s_nbconvert_executes_a_notebook_on_the_kernel()
    {
        Outside.NeedsPython("nbconvert", "jupyter-nbconvert");
        using TemporaryFolder folder = new(),
            jupyter = Outside.JupyterFolder();
        WrittenNotebook
            .Of("# Title", "Console.WriteLine(\"hello\");", "\"<b>x</b>\".DisplayAs(\"text/html\"); 6 * 7")
            .Write(folder.File("good.ipynb"));
        WrittenNotebook.Of("# Title", "throw new Exception(\"no\");").Write(folder.File("bad.ipynb"));

        var (exit, output) = Convert("good.ipynb");
        Assert.True(exit == 0, output);
        Notebook done = Notebook.Read(folder.File("good.nbconvert.ipynb"));
        Assert.Equal(
            ["stream", "display_data", "execute_result"],
            done.Cells.SelectMany(cell => cell.Outputs).Select(o => (string?)o["output_type"])
        );

        (exit, output) = Convert("bad.ipynb");
        Assert.Equal(1, exit);
        Assert.Contains("Cell[1], line 1: no", output);

        (int, string) Convert(string name) =>
            Outside.Run(
                Outside.Python,
                ["-m", "nbconvert", "--to", "notebook", "--execute", name],
                folder.Path,
                ("JUPYTER_DATA_DIR", jupyter.Path),
                ("PYTHONWARNINGS", "ignore")
            );
    }
}
