using System.Text.Json.Nodes;

namespace Tests.Workbook.Kernel;

public class KernelOverTheWireTests
{
    [Fact]
    public void A_Jupyter_client_executes_completes_interrupts_and_restarts()
    {
        Outside.NeedsPython("jupyter_client", "python3-jupyter-client");
        string script = Path.Combine(AppContext.BaseDirectory, "Workbook", "Kernel", "fixtures", "drive_kernel.py");
        using TemporaryFolder jupyter = Outside.JupyterFolder();
        var (exit, output) = Outside.Run(Outside.Python, [script], variables: ("JUPYTER_DATA_DIR", jupyter.Path));
        Assert.True(exit == 0, output);
        JsonNode results = JsonNode.Parse(output.Split('\n').Last(line => line.StartsWith('{')))!;
        TestContext.Current.SendDiagnosticMessage(results.ToJsonString());

        Assert.Equal("C#", (string?)results["language"]);
        Is("true", "heart_beats");
        Is("""["ok",["stream","display_data","execute_result"],"42","hello\n"]""", "execute");
        Is("""["error","Cell[2], line 2: no",["error"]]""", "error");
        Is("""["error","aborted"]""", "aborted");
        Is("""[["Sqrt"],5,7]""", "completion");
        Is("\"incomplete\"", "is_complete");
        Is("""["double Math.Sqrt(double d)","","Returns the square root of a specified number."]""", "inspect");
        Is("\"ok\"", "input");
        Is("100", "interrupts");
        Is("""["ok","1"]""", "lives_on");
        Is("""[true,"KernelRestarted","aborted",true,true,true]""", "gives_up");
        Assert.Equal("error", (string?)results["restart"]![0]);
        Assert.Contains("'a' does not exist", (string?)results["restart"]![1]);
        // Twice what a free machine is held to: other tests run beside this one.
        Assert.InRange((double)results["ready_seconds"]!, 0, 2);
        Assert.InRange((double)results["trivial_cell_seconds"]!, 0, 0.12);

        void Is(string expected, string name) =>
            Assert.Equal(
                expected,
                results[name]!.ToJsonString(
                    new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
                )
            );
    }
}
