using System.Text.Json.Nodes;
using Workbook.Notebooks;

namespace Tests.Workbook.Notebooks;

/// <summary>The chapters on the kernel that Polyglot Notebooks' own tool brings, which is installed into the build
/// folder once.</summary>
public class GenuineToolTests
{
    const string Package = "Microsoft.dotnet-interactive",
        Version = "1.0.712001";

    // Jupyter's renderer wants JSON, and the tool's messages could hold it only as a string.
    const string Interactive = "application/vnd.plotly.v1+json";

    static readonly Lazy<(string? Folder, string Problem)> Tool = new(Install);

    public static TheoryData<string> Chapters => CommittedNotebooksTests.Chapters;

    [Theory, MemberData(nameof(Chapters))]
    public void A_chapter_runs_on_the_genuine_tool_unchanged_and_shows_the_same_forms(string chapter)
    {
        Outside.NeedsPython("nbconvert", "jupyter-nbconvert");
        if (Tool.Value.Folder is not { } tool)
        {
            Assert.Skip(Tool.Value.Problem);
            return;
        }
        using var folder = new TemporaryFolder();
        string notebooks = Path.Combine(Outside.Root, "notebooks");
        var (exit, output) = Outside.Run(
            Outside.Python,
            [
                "-m",
                "nbconvert",
                "--to",
                "notebook",
                "--execute",
                "--ExecutePreprocessor.timeout=900",
                "--output-dir",
                folder.Path,
                chapter,
            ],
            notebooks,
            ("PATH", $"{tool}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}"),
            ("JUPYTER_DATA_DIR", Path.Combine(tool, "jupyter")),
            ("WORKBOOK_PROFILE", "quick"),
            ("OMP_NUM_THREADS", "1"),
            ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"),
            ("PYTHONWARNINGS", "ignore")
        );
        Assert.True(exit == 0, output);
        NotebookCell[] there = [.. Notebook.Read(folder.File(chapter)).Cells],
            here = [.. Notebook.Read(Path.Combine(notebooks, chapter)).Cells];
        Assert.Equal(here.Length, there.Length);
        for (int i = 0; i < here.Length; i++)
            if (here[i].Source.StartsWith("#!mermaid", StringComparison.Ordinal))
                Assert.NotEmpty(there[i].Outputs); // the tool has a script from the net draw it
            else
                Assert.Equal(
                    $"cell {i + 1}: {Forms(here[i].Outputs)}",
                    $"cell {i + 1}: {Forms(there[i].Outputs.Where(output => !IsOfTheToolItself(output)))}"
                );
    }

    /// <summary>What kinds of outputs a cell has, each with its forms and whether they are JSON or text.</summary>
    static string Forms(IEnumerable<JsonObject> outputs) =>
        string.Join(
            "; ",
            outputs.Select(output =>
                $"{output["output_type"]} "
                + $"{output["name"]}{output["ename"]}{string.Join(",", Forms(output["data"]).Order())}"
            )
        );

    static IEnumerable<string> Forms(JsonNode? data) =>
        data is not JsonObject forms
            ? []
            : forms
                .Where(form => form.Key != Interactive)
                .Select(form => $"{form.Key}:{(form.Value is JsonObject ? "JSON" : "text")}");

    // With the first cell the tool sends the script by which its own pages find its port.
    static bool IsOfTheToolItself(JsonObject output) =>
        output["data"]?["text/html"]?.ToJsonString().Contains("dotnet-interactive-this-cell", StringComparison.Ordinal)
        == true;

    static (string?, string) Install()
    {
        string folder = Path.Combine(Outside.Root, "artifacts", "tools", $"dotnet-interactive-{Version}");
        if (!Directory.Exists(folder))
        {
            string unfinished = $"{folder}.{Environment.ProcessId}";
            var (exit, output) = Outside.Run(
                "dotnet",
                ["tool", "install", Package, "--version", Version, "--tool-path", unfinished]
            );
            if (exit != 0)
                return (null, $"{Package} {Version} cannot be installed: {output.ReplaceLineEndings(" ").Trim()}");
            Directory.Move(unfinished, folder);
        }
        string kernels = Path.Combine(folder, "jupyter", "kernels");
        if (!Directory.Exists(kernels))
        {
            Directory.CreateDirectory(kernels);
            var (exit, output) = Outside.Run(
                Path.Combine(folder, "dotnet-interactive"),
                ["jupyter", "install", "--path", kernels]
            );
            if (exit != 0)
                return (null, $"{Package} did not install its kernels: {output.ReplaceLineEndings(" ").Trim()}");
        }
        return (folder, "");
    }
}
