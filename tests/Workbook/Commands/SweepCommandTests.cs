using System.Text.Json;

namespace Tests.Workbook.Commands;

public sealed class SweepVerbTests : IDisposable
{
    readonly SweepRoot sweep = new();

    public void Dispose() => sweep.Dispose();

    static void Refused(WorkbookProcess.Result result, params string[] says)
    {
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        string line = Assert.Single(Remarks(result));
        Assert.All(["workbook: ", .. says], part => Assert.Contains(part, line));
    }

    // Without the lines that say how far a sweep is, which come where it takes its time.
    static string[] Remarks(WorkbookProcess.Result result) =>
        [
            .. result
                .Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(line => !line.StartsWith("grid: ", StringComparison.Ordinal)),
        ];

    static JsonElement Json(WorkbookProcess.Result result)
    {
        Assert.Equal(0, result.ExitCode);
        return JsonDocument.Parse(result.Output).RootElement;
    }

    [Fact]
    public void A_plan_says_what_is_missing_and_after_a_run_nothing_is()
    {
        var before = Json(sweep.Run("plan", sweep.Grid, "--json"));
        Assert.Equal(
            ["open", "open"],
            before.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("state").GetString())
        );
        Assert.Equal(sweep.Cells, before.GetProperty("cells").GetArrayLength());
        Assert.Contains("not known", sweep.Run("plan", sweep.Grid).Output);
        Assert.Equal(sweep.Cells, Json(sweep.Run("run", sweep.Grid, "--json")).GetProperty("cells").GetInt32());
        sweep.IsWhole();
        var after = Json(sweep.Run("status", sweep.Grid, "--json"));
        Assert.Equal(
            ["done", "done"],
            after.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("state").GetString())
        );
        Assert.Equal(
            (sweep.Cells, sweep.Cells),
            (after.GetProperty("done").GetInt32(), after.GetProperty("cells").GetInt32())
        );
        // A further seed is known from what was run.
        File.Copy(
            Path.Combine(sweep.Path, "data", "probits", "small-a0.5-s0.npz"),
            Path.Combine(sweep.Path, "data", "probits", "small-a0.5-s7.npz")
        );
        sweep.Write(File.ReadAllText(sweep.Grid).Replace("\"seeds\": [0, 1]", "\"seeds\": [0, 7]"));
        var more = Json(sweep.Run("plan", sweep.Grid, "--json")).GetProperty("rows").EnumerateArray().ToArray();
        Assert.Equal(["done", "open"], more.Select(row => row.GetProperty("state").GetString()));
        Assert.InRange(more[1].GetProperty("seconds_left").GetDouble(), 0.001, 60);
    }

    [Fact]
    public void Killed_ten_times_at_random_moments_it_ends_with_what_an_undisturbed_sweep_has()
    {
        using var undisturbed = new SweepRoot();
        Assert.Equal(0, undisturbed.Run("run", undisturbed.Grid).ExitCode);
        var random = new Random();
        for (int kill = 0; kill < 10; kill++)
        {
            // Sometimes before anything is done, sometimes within a cell, and every time somewhere else.
            int wanted = random.Next(sweep.Recorded, sweep.Recorded + (sweep.Cells - sweep.Recorded) / (11 - kill) + 1);
            int delay = random.Next(20);
            using var process = sweep.Start("run", sweep.Grid);
            while (!process.HasExited && sweep.Recorded < wanted)
                Thread.Sleep(1);
            Thread.Sleep(delay);
            Assert.False(process.HasExited, $"the sweep ended before kill {kill}");
            process.Kill();
            Assert.Equal(137, process.End().ExitCode);
        }
        int survived = sweep.Recorded;
        Assert.InRange(survived, 1, sweep.Cells - 1);
        var last = sweep.Run("run", sweep.Grid);
        Assert.Equal(0, last.ExitCode);
        Assert.Empty(Remarks(last));
        sweep.IsWhole();
        Assert.Equal(undisturbed.Collected(), sweep.Collected());
    }

    [Fact]
    public void Two_processes_on_one_grid_end_with_what_one_has()
    {
        using var alone = new SweepRoot();
        Assert.Equal(0, alone.Run("run", alone.Grid).ExitCode);
        using var first = sweep.Start("run", sweep.Grid);
        using var second = sweep.Start("run", sweep.Grid);
        Assert.Equal((0, 0), (first.End().ExitCode, second.End().ExitCode));
        sweep.IsWhole();
        Assert.Equal(alone.Collected(), sweep.Collected());
    }

    [Theory, InlineData("INT", 130), InlineData("USR2", 75)]
    public void A_signal_keeps_what_is_finished(string signal, int exitCode)
    {
        // Large enough that it cannot be over before a signal sent at its fifth cell arrives, however fast the machine.
        using var sweep = new SweepRoot(draws: 24);
        using var process = sweep.Start("run", sweep.Grid);
        while (!process.HasExited && sweep.Recorded < 5)
            Thread.Sleep(1);
        process.Signal(signal);
        var result = process.End();
        Assert.Equal((exitCode, ""), (result.ExitCode, result.Output));
        Assert.Contains("Finished cells are kept", result.Error);
        Assert.InRange(sweep.Recorded, 5, sweep.Cells - 1);
        Assert.Equal(0, sweep.Run("run", sweep.Grid).ExitCode);
        sweep.IsWhole();
    }

    [Fact]
    public void A_group_is_run_alone()
    {
        Assert.Equal(0, sweep.Run("run", sweep.Grid, "--group", "1").ExitCode);
        Assert.Equal(
            ["open", "done"],
            Json(sweep.Run("status", sweep.Grid, "--json"))
                .GetProperty("rows")
                .EnumerateArray()
                .Select(row => row.GetProperty("state").GetString())
        );
        Refused(sweep.Run("run", sweep.Grid, "--group", "2"), "no group 2");
    }

    [Fact]
    public void What_cannot_be_run_is_one_line()
    {
        Refused(sweep.Run("run", "nowhere.json"), "nowhere.json");
        Refused(sweep.Run("submit", sweep.Grid), "--slurm");
        Refused(sweep.Run("collect", "--out", "x.xlsx"), ".parquet");
        sweep.Write(File.ReadAllText(sweep.Grid).Replace("\"seeds\": [0, 1]", "\"seeds\": [0, 9]"));
        Refused(sweep.Run("run", sweep.Grid), "small-a0.5-s9.npz");
        Assert.Equal(0, sweep.Recorded);
        File.WriteAllText(sweep.Grid, "{");
        Refused(sweep.Run("plan", sweep.Grid), sweep.Grid);
    }

    [Fact]
    public void A_dry_submission_writes_a_script_for_what_is_missing()
    {
        Assert.Equal(0, sweep.Run("run", sweep.Grid, "--group", "0").ExitCode);
        var submitted = Json(
            sweep.Run("submit", sweep.Grid, "--slurm", "--dry-run", "--parallel", "3", "--time", "1:00:00", "--json")
        );
        Assert.Equal([1], submitted.GetProperty("groups").EnumerateArray().Select(group => group.GetInt32()));
        string script = File.ReadAllText(submitted.GetProperty("script").GetString()!);
        Assert.All(
            [
                "#SBATCH --array=1%3\n",
                "#SBATCH --time=1:00:00\n",
                "#SBATCH --signal=B:USR2@120\n",
                "sweep",
                "run",
                "scontrol requeue",
            ],
            part => Assert.Contains(part, script)
        );
        Assert.Equal(0, Outside.Run("bash", ["-n", submitted.GetProperty("script").GetString()!]).Exit);
        Refused(sweep.Run("submit", sweep.Grid, "--slurm", "--dry-run", "--time", "1\n#SBATCH --wrap=x"), "--time");
    }

    [Fact]
    public void A_full_disk_is_a_clear_error_and_no_half_written_result_is_ever_read_back()
    {
        using var disk = new SmallDisk(sweep.Results, "60k");
        Refused(sweep.Run("run", sweep.Grid), "No space left", sweep.Results);
        int kept = sweep.Recorded;
        Assert.InRange(kept, 1, sweep.Cells - 1);
        Assert.Empty(Directory.EnumerateFiles(sweep.Results, "*.tmp"));
        var status = sweep.Run("status", sweep.Grid, "--json");
        Assert.Equal((kept, ""), (Json(status).GetProperty("done").GetInt32(), status.Error));
        disk.Remount("size=8m");
        Assert.Equal(0, sweep.Run("run", sweep.Grid).ExitCode);
        sweep.IsWhole();
        using var undisturbed = new SweepRoot();
        Assert.Equal(0, undisturbed.Run("run", undisturbed.Grid).ExitCode);
        Assert.Equal(undisturbed.Collected(), sweep.Collected());
    }

    [Fact]
    public void A_folder_that_cannot_be_written_to_is_a_clear_error_and_can_still_be_read()
    {
        using var disk = new SmallDisk(sweep.Results, "8m");
        Assert.Equal(0, sweep.Run("run", sweep.Grid, "--group", "0").ExitCode);
        int kept = sweep.Recorded;
        disk.Remount("ro");
        Refused(sweep.Run("run", sweep.Grid), "Read-only file system", sweep.Results);
        Assert.Equal(kept, sweep.Recorded);
        Assert.Equal(kept, Json(sweep.Run("status", sweep.Grid, "--json")).GetProperty("done").GetInt32());
        Assert.Equal(0, sweep.Run("run", sweep.Grid, "--group", "0").ExitCode);
    }
}
