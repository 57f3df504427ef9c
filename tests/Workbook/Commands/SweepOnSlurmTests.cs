using System.Text.Json;

namespace Tests.Workbook.Commands;

public sealed class SweepOnSlurmTests
{
    const int Groups = 6,
        Draws = 24;
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public void A_job_array_runs_to_the_end_though_one_task_is_told_that_its_time_is_up_and_one_is_killed()
    {
        using var folder = new TemporaryFolder();
        using var sweep = new SweepRoot(Groups, Draws);
        using var undisturbed = new SweepRoot(Groups, Draws);
        using var slurm = new Slurm(folder.Path);
        var submitted = WorkbookProcess.Run(
            [.. sweep.Environment, slurm.Variable],
            "sweep",
            "submit",
            sweep.Grid,
            "--slurm",
            "--parallel",
            "2",
            "--json"
        );
        Assert.Equal((0, ""), (submitted.ExitCode, submitted.Error));
        var root = JsonDocument.Parse(submitted.Output).RootElement;
        string job = root.GetProperty("job").GetString()!,
            logs = root.GetProperty("logs").GetString()!;
        Assert.Equal(Groups, root.GetProperty("groups").GetArrayLength());
        string Log(int task) =>
            Path.Combine(logs, $"{task}.log") is var path && File.Exists(path) ? File.ReadAllText(path) : "";

        // The second task is killed with all its processes, the first one gets the signal that comes before the time
        // limit.
        slurm.Wait("the second task", () => Log(1).Contains("start 0", StringComparison.Ordinal));
        slurm.Ask("scontrol", "requeue", $"{job}_1");
        slurm.Wait("the first result", () => sweep.Recorded > 0);
        slurm.Ask("scancel", "--signal=USR2", "--batch", $"{job}_0");
        slurm.Wait(
            "the end of the array",
            () => slurm.Ask("squeue", "--noheader", "--format=%i %T").Trim() == "",
            Patience
        );

        string told = string.Concat(Enumerable.Range(0, Groups).Select(task => $"--- {task}\n{Log(task)}"));
        Assert.True(Log(0).Contains("start 1", StringComparison.Ordinal), told);
        Assert.True(Log(1).Contains("start 1", StringComparison.Ordinal), told);
        Assert.Contains("goes back into the queue", Log(0));
        Assert.All(Enumerable.Range(2, Groups - 2), task => Assert.DoesNotContain("start 1", Log(task)));
        sweep.IsWhole();
        Assert.Equal(0, undisturbed.Run("run", undisturbed.Grid).ExitCode);
        Assert.Equal(undisturbed.Collected(), sweep.Collected());
    }
}
