namespace Tests.Workbook.Commands;

/// <summary>What <c>evaluate</c> and <c>certify</c> have finished is recorded: killed and started again, they go on
/// where they were.</summary>
public sealed class ResumeTests : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    readonly SweepRoot root = new(seeds: 1, draws: 1);

    public void Dispose() => root.Dispose();

    [Theory]
    [InlineData("evaluate", "--suite", "strong")]
    [InlineData("certify", "--suite", "strong")]
    public void A_killed_run_redoes_no_finished_cell(params string[] command)
    {
        string results = Path.Combine(root.Path, "artifacts", "results"),
            file = Path.Combine(root.Path, "data", "probits", "small-a0.5-s0.npz");
        (string, string)[] environment = [("WORKBOOK_ROOT", root.Path)];
        string[] arguments = [command[0], file, "--corrupted", "4", .. command[1..], "--json"];
        using (var process = WorkbookProcess.Start(environment, arguments))
        {
            var until = DateTime.UtcNow + Patience;
            while (Finished().Count < 5 && !process.HasExited && DateTime.UtcNow < until)
                Thread.Sleep(20);
            process.Kill();
        }
        var before = Finished();
        Assert.True(before.Count >= 5);
        var again = WorkbookProcess.Run(environment, arguments);
        Assert.True(again.ExitCode == 0, again.Error);
        var after = Finished();
        Assert.True(after.Count > before.Count);
        Assert.All(before, file => Assert.Equal(file.Value, after[file.Key]));
        // A third time everything is read.
        Assert.Equal(again.Output, WorkbookProcess.Run(environment, arguments).Output);
        Assert.Equal(after, Finished());

        Dictionary<string, DateTime> Finished() =>
            !Directory.Exists(results)
                ? []
                : Directory.GetFiles(results, "*.json").ToDictionary(path => path, File.GetLastWriteTimeUtc);
    }
}
