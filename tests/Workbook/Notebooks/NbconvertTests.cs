using Workbook.Notebooks;

namespace Tests.Workbook.Notebooks;

public class NbconvertTests
{
    [Fact]
    public void Debian_s_nbconvert_executes_a_notebook_on_the_kernel()
    {
        Outside.NeedsPython("nbconvert", "jupyter-nbconvert");
        string folder = Directory.CreateTempSubdirectory("workbook-nbconvert").FullName,
            jupyter = Outside.JupyterFolder();
        WrittenNotebook
            .Of("# Title", "Console.WriteLine(\"hello\");", "\"<b>x</b>\".DisplayAs(\"text/html\"); 6 * 7")
            .Write(Path.Combine(folder, "good.ipynb"));
        WrittenNotebook.Of("# Title", "throw new Exception(\"no\");").Write(Path.Combine(folder, "bad.ipynb"));

        var (exit, output) = Convert("good.ipynb");
        Assert.True(exit == 0, output);
        Notebook done = Notebook.Read(Path.Combine(folder, "good.nbconvert.ipynb"));
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
                folder,
                ("JUPYTER_DATA_DIR", jupyter),
                ("PYTHONWARNINGS", "ignore")
            );
    }
}
