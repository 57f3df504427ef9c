using RobustInference.Running;
using Tests.RobustInference.Probits;

namespace Tests.Workbook.Commands;

public sealed class FrontierVerbTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Points_are_printed_and_added_to_the_file()
    {
        string file = BrokenProbitFiles.WriteSound(folder.Path),
            output = folder.File("frontier.json");
        string[] common =
        [
            "aggregator",
            "frontier",
            file,
            "--corrupted",
            "1",
            "--hidden",
            "3",
            "--decoder",
            "4",
            "--passes",
            "1",
            "--out",
            output,
        ];
        var first = WorkbookProcess.Run([.. common, "--weights", "40,90"]);
        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Contains("held out", first.Output);
        Assert.Equal([0.4, 0.9], CertifiedFrontier.Read(output).Points.Select(point => point.Recipe.Weight));
        var second = WorkbookProcess.Run([
            .. common,
            "--weights",
            "40",
            "--trims",
            "1",
            "--adversary",
            "any",
            "--test",
            "--json",
        ]);
        Assert.Equal((0, ""), (second.ExitCode, second.Error));
        Assert.StartsWith("{", second.Output);
        var points = CertifiedFrontier.Read(output).Points;
        Assert.Equal([2, 2, 1], points.Select(point => point.Trim));
        Assert.Equal([false, false, true], points.Select(point => point.TestCertified is not null));
        // A file of another set of liars is not mixed in.
        var other = WorkbookProcess.Run([.. common, "--corrupted-clients", "4"]);
        Assert.Equal(2, other.ExitCode);
        Assert.Contains("corrupted clients", other.Error);
        Assert.Equal(2, WorkbookProcess.Run([.. common, "--weights", "120"]).ExitCode);
    }
}
