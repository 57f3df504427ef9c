using Tests.RobustInference.Probits;
using Tests.Workbook;

namespace Tests.Faults;

/// <summary>Folders that cannot be written to: what is only a convenience goes elsewhere, what was asked for is refused
/// before any work.</summary>
public sealed class UnwritableTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_checkout_that_cannot_be_written_to_ends_no_evaluation()
    {
        string file = BrokenProbitFiles.WriteSound(folder.Path),
            root = folder.File("checkout"),
            cache = folder.File("cache");
        Directory.CreateDirectory(root);
        // A file where the folder belongs stops root as well.
        File.WriteAllText(Path.Combine(root, "artifacts"), "");
        (string, string)[] environment = [("WORKBOOK_ROOT", root), ("XDG_CACHE_HOME", cache)];
        string[] evaluate = [.. $"evaluate {file} --corrupted 1".Split(' ')];
        var first = WorkbookProcess.Run(environment, evaluate);
        Assert.True(first.ExitCode == 0, first.Error);
        Assert.Contains("DeepSet-TM", first.Output);
        Assert.Single(first.Error.Split('\n'), line => line.Contains("cannot be written to"));
        Assert.NotEmpty(Directory.EnumerateFiles(Path.Combine(cache, "robust-inference", "aggregators")));
        Assert.NotEmpty(Directory.EnumerateFiles(Path.Combine(cache, "robust-inference", "results")));
    }

    [Theory]
    [InlineData("aggregator train FILE --corrupted 1 --out OUT")]
    [InlineData("aggregator frontier FILE --corrupted 1 --out OUT")]
    [InlineData("certify FILE --corrupted 1 --radius-csv OUT")]
    [InlineData("clients train --out OUT")]
    [InlineData("clients subset FILE --out OUT")]
    [InlineData("figure 2 --out OUT")]
    [InlineData("sweep collect --out OUT")]
    public void An_output_that_cannot_be_written_is_named_before_the_work(string verb)
    {
        string blocked = folder.File("blocked");
        File.WriteAllText(blocked, "");
        string output = Path.Combine(blocked, "x.bin");
        var result = WorkbookProcess.Run([.. verb.Replace("FILE", "/nowhere.npz").Replace("OUT", output).Split(' ')]);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        string line = Assert.Single(result.Error.TrimEnd().Split('\n'));
        Assert.Contains($"'{output}' cannot be written", line);
        Assert.DoesNotContain(".tmp", line);
    }
}
