using System.Diagnostics;
using Workbook.Notebooks.Execution;

namespace Tests.Workbook.Notebooks.Execution;

public class ChildProcessesTests
{
    /// <summary>A folder as /proc is: a process for each entry, with that text as its <c>stat</c>.</summary>
    static TemporaryFolder Processes(params (string Id, string? Stat)[] processes)
    {
        var folder = new TemporaryFolder();
        foreach ((string id, string? stat) in processes)
        {
            string process = Directory.CreateDirectory(Path.Combine(folder.Path, id)).FullName;
            if (stat is not null)
                File.WriteAllText(Path.Combine(process, "stat"), stat);
        }
        return folder;
    }

    [Fact]
    public void A_process_is_listed_by_its_parent()
    {
        using TemporaryFolder folder = Processes(
            ("12", "12 (sh) S 7 12 12 0"),
            ("13", "13 (a) S 7 (b) R 8 13 13 0"),
            ("14", "14 (odd) name) Z 7 14 14 0"),
            ("77", "77 (dotnet) S 1 77 77 0")
        );
        Assert.Equal([12, 14], ChildProcesses.Of(7, folder.Path).Order());
        Assert.Equal([13], ChildProcesses.Of(8, folder.Path));
    }

    [Fact]
    public void What_has_ended_or_is_no_process_is_left_out()
    {
        using TemporaryFolder folder = Processes(
            ("12", null),
            ("13", ""),
            ("14", "14 (sh)"),
            ("15", "15 (sh) S x"),
            ("self", "16 (sh) S 7 16 16 0"),
            ("17", "17 (sh) S 7 17 17 0")
        );
        Assert.Equal([17], ChildProcesses.Of(7, folder.Path));
    }

    [Fact]
    public async Task Children_are_found_while_threads_and_processes_come_and_go()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux has /proc");
        using Process sleeper = Process.Start("sleep", "60");
        using var enough = new CancellationTokenSource();
        Task unrest = Task.Run(
            () =>
            {
                while (!enough.IsCancellationRequested)
                {
                    Exception? failed = null;
                    var thread = new Thread(() =>
                    {
                        try
                        {
                            using Process process = Process.Start("true");
                            process.WaitForExit();
                        }
                        catch (Exception error)
                        {
                            failed = error;
                        }
                    });
                    thread.Start();
                    thread.Join();
                    if (failed is not null)
                        throw failed;
                }
            },
            TestContext.Current.CancellationToken
        );
        try
        {
            for (int i = 0; i < 50; i++)
                Assert.Contains(sleeper.Id, ChildProcesses.Of(Environment.ProcessId));
        }
        finally
        {
            sleeper.Kill();
            await enough.CancelAsync();
            await unrest;
        }
        await sleeper.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain(sleeper.Id, ChildProcesses.Of(Environment.ProcessId));
    }
}
