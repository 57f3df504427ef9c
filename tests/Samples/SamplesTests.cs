using System.Diagnostics;
using RobustInference.Results;

namespace Tests.Samples;

/// <summary>The programs of <c>samples/</c>, built and run as their readers do.</summary>
[Collection(nameof(Builds))]
public class SamplesTests
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static TheoryData<string, string[]> Programs =>
        new()
        {
            { "own-aggregator.cs", ["Middle-third mean: certified", "certified radius"] },
            { "own-attack.cs", ["CWTM:", "under Runner-up"] },
            { "own-ensemble.cs", ["Plurality vote: worst case", "New query: class 0; no 1 corrupted clients"] },
        };

    [Theory, MemberData(nameof(Programs))]
    public async Task A_sample_runs_from_the_clone(string name, string[] says)
    {
        using var temporary = new TemporaryFolder(); // the SDK leaves empty folders there
        var start = new ProcessStartInfo("dotnet", ["run", "-c", "Release", Path.Combine("samples", name)])
        {
            WorkingDirectory = WorkbookFolder.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["TMPDIR"] = temporary.Path },
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(Patience))
            process.Kill(entireProcessTree: true);
        string printed = await output;
        Assert.True(process.ExitCode == 0, printed + await error);
        Assert.All(says, part => Assert.Contains(part, printed));
    }

    [Fact]
    public void Every_sample_is_run() =>
        Assert.Equal(
            Directory.GetFiles(Path.Combine(WorkbookFolder.Root, "samples"), "*.cs").Select(Path.GetFileName).Order(),
            Programs.Select(row => row.Data.Item1).Order()
        );
}
