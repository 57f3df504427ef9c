using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace Tests.Workbook.Notebooks;

[Collection(nameof(Alone))]
public class HostileNotebooksTests
{
    const long MostMemory = 2_000_000_000;

    /// <summary>Cells that do something to their process, and what a run is to say of them: their cell, and a part of
    /// the reason.</summary>
    static readonly (string Name, int Cell, string Reason, string[] Cells)[] Running =
    [
        ("exit", 2, "ended with exit code 0 before", ["1 + 1", "Environment.Exit(0);"]),
        ("exit-code", 1, "ended with exit code 7 before", ["Environment.Exit(7);"]),
        ("fail-fast", 1, "died of signal 6", ["Environment.FailFast(\"enough\");"]),
        ("killed", 1, "was killed (signal 9)", ["System.Diagnostics.Process.GetCurrentProcess().Kill();"]),
        (
            "async-void",
            2,
            "Cell[2], line 1: late",
            [
                "1 + 1",
                "async void Later() { await Task.Delay(50); throw new Exception(\"late\"); }\nLater();",
                "await Task.Delay(3000);",
            ]
        ),
        (
            "thread-throws",
            2,
            "Cell[2], line 1: late",
            [
                "1 + 1",
                "new System.Threading.Thread(() => { System.Threading.Thread.Sleep(50); throw new "
                    + "Exception(\"late\"); }).Start();",
                "System.Threading.Thread.Sleep(3000);",
            ]
        ),
        ("stack-overflow", 2, "Stack overflow", ["1 + 1", "int Down(int x) => Down(x + 1) + 1;\nDown(0)"]),
        (
            "foreground-thread",
            1,
            "the thread 'clock'",
            ["new System.Threading.Thread(() => System.Threading.Thread.Sleep(-1)) { Name = \"clock\" }.Start();", "2"]
        ),
        (
            "blocks-its-end",
            1,
            "did not end within",
            ["AppDomain.CurrentDomain.ProcessExit += (_, _) => System.Threading.Thread.Sleep(-1);"]
        ),
        ("endless", 2, "took longer than", ["1 + 1", "while (true) { }"]),
        (
            "will-not-stop",
            1,
            "took longer than",
            ["while (true) { try { while (true) System.Threading.Thread.Sleep(10); } catch { } }"]
        ),
        (
            "memory",
            1,
            "GB of memory",
            [
                "var all = new List<byte[]>();\nwhile (true) { all.Add(new byte[1 << 20]); "
                    + "Array.Fill(all[^1], (byte)1); }",
            ]
        ),
        ("bad-memory", 1, "died of signal", ["unsafe { *(int*)0x10000000000 = 1; }"]),
        ("throws", 1, "Cell[1], line 1: no", ["throw new Exception(\"no\");"]),
    ];

    /// <summary>Files that are no sound notebook, and a part of what a run is to say of them.</summary>
    static readonly (string Name, string Reason, string Text)[] Unsound =
    [
        ("bad-tags", "cell 1: metadata.tags[1] is missing or null", File("2", """ "tags": ["a", null] """)),
        ("not-a-number", "cell 1: not JSON", File("2", """ "a": NaN """)),
        ("half-character", "cell 1: a text is not valid Unicode", File("2", """ "a": "\ud800" """)),
        ("key-twice", "cell 1: not JSON: the name 'a' stands twice", File("2", """ "a": 1, "a": 2 """)),
        ("cells-twice", "the name 'cells' stands twice", """{"nbformat": 4, "cells": [], "cells": []}"""),
        ("truncated", "cell 1: not JSON", File("2", "")[..130]),
    ];

    static readonly (string Name, string Last, string[] Cells)[] Good =
    [
        ("good", "42", ["6 * 7"]),
        (
            "prints-much",
            "still here",
            ["for (int i = 0; i < 200_000; i++) Console.WriteLine(new string('x', 1000));", "\"still here\""]
        ),
        ("mutes", "still here", ["Console.SetOut(System.IO.TextWriter.Null);", "Console.WriteLine(\"still here\");"]),
        (
            "leaves-a-process",
            "done",
            ["System.Diagnostics.Process.Start(\"sleep\", \"3000.125\").Dispose();", "\"done\""]
        ),
    ];

    [Fact]
    public void Twenty_hostile_notebooks_do_nothing_to_the_run_nor_to_good_ones_beside_them()
    {
        Assert.Equal(20, Running.Length + Unsound.Length);
        using var folder = new TemporaryFolder();
        string chapters = Directory.CreateDirectory(folder.File("notebooks")).FullName;
        foreach (var (name, _, _, cells) in Running)
            WrittenNotebook.Of(["# " + name, .. cells]).Write(Path.Combine(chapters, name + ".ipynb"));
        foreach (var (name, _, text) in Unsound)
            System.IO.File.WriteAllText(Path.Combine(chapters, name + ".ipynb"), text);
        foreach (var (name, _, cells) in Good)
            WrittenNotebook.Of(["# " + name, .. cells]).Write(Path.Combine(chapters, name + ".ipynb"));

        using var run = WorkbookProcess.Start(
            [("WORKBOOK_ROOT", folder.Path)],
            "run",
            "--timeout",
            "15",
            "--memory",
            "0.6"
        );
        using var watched = new ProcessTreeMemory(run.Id);
        WorkbookProcess.Result result = run.End(TimeSpan.FromMinutes(8));

        Assert.True(result.ExitCode == 1, $"exit code {result.ExitCode}: {result.Error}");
        string[] lines = result.Output.Split('\n');
        foreach (var (name, cell, reason, _) in Running)
            Says($"failed: {name}, cell {cell + 1}: ", reason);
        foreach (var (name, reason, _) in Unsound)
            Says($"failed: {Path.Combine(chapters, name + ".ipynb")}", reason);
        Assert.Contains($"{Good.Length} of {Good.Length + 20} notebooks passed", result.Output);
        foreach (var (name, last, _) in Good)
        {
            string page = System.IO.File.ReadAllText(
                Path.Combine(folder.Path, "artifacts", "notebooks", name + ".html")
            );
            Assert.Contains(last, page);
        }
        // What came before a process's death is kept, and the cell is marked.
        string exit = System.IO.File.ReadAllText(Path.Combine(folder.Path, "artifacts", "notebooks", "exit.html"));
        Assert.Contains("<pre class=\"wrapped\">2</pre>", exit);
        Assert.Contains("ended with exit code 0", exit);
        Assert.InRange(watched.Most, 1, MostMemory);
        Assert.DoesNotContain(Process.GetProcessesByName("sleep"), process => Arguments(process).Contains("3000.125"));
        TestContext.Current.SendDiagnosticMessage($"most memory: {watched.Most / 1e9:0.00} GB");

        void Says(string beginning, string reason) =>
            Assert.True(
                lines.Any(line =>
                    line.StartsWith(beginning, StringComparison.Ordinal)
                    && line.Contains(reason, StringComparison.Ordinal)
                ),
                $"no line '{beginning}… {reason}' in\n{result.Output}"
            );
    }

    static string File(string code, string metadata) =>
        $$"""
            {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code",
             "execution_count": null, "metadata": { {{metadata}} }, "outputs": [], "source": {{JsonValue.Create(
                code
            ).ToJsonString()}} }]}
            """;

    static string Arguments(Process process)
    {
        try
        {
            return Encoding.UTF8.GetString(System.IO.File.ReadAllBytes($"/proc/{process.Id}/cmdline"));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
