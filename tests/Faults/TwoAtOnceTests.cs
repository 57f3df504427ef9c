using RobustInference.Running;
using Tests.RobustInference.Probits;
using Tests.Workbook;

namespace Tests.Faults;

/// <summary>Two processes with one <c>--out</c>: what both were asked for is there at the end.</summary>
public sealed class TwoAtOnceTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // How often each pair is tried.
    static int Pairs => LongRun.IsOn ? 8 : 1;

    [Fact]
    public void Two_frontiers_with_one_file_lose_no_point()
    {
        string file = BrokenProbitFiles.WriteSound(folder.Path);
        for (int pair = 0; pair < Pairs; pair++)
        {
            string output = folder.File($"frontier-{pair}.json");
            WorkbookProcess Measure(string weights) =>
                WorkbookProcess.Start([
                    .. $"aggregator frontier {file} --corrupted 1 --hidden 3 --decoder 4 --passes 1".Split(' '),
                    "--out",
                    output,
                    "--weights",
                    weights,
                ]);
            using WorkbookProcess first = Measure("10,20,30"),
                second = Measure("40,50,60");
            Assert.All([first.End(), second.End()], result => Assert.True(result.ExitCode == 0, result.Error));
            Assert.Equal(
                [0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
                CertifiedFrontier.Read(output).Points.Select(point => point.Recipe.Weight).Order()
            );
        }
        Assert.Empty(Directory.EnumerateFiles(folder.Path, "*.lock"));
        LongRun.Note($"aggregator frontier: {Pairs} pairs at once, 0 lost");
    }

    [Theory]
    [InlineData("clients subset FILE --test 3 --validation 3")]
    [InlineData("aggregator train FILE --corrupted 1 --hidden 3 --passes 1")]
    public void Two_writers_of_a_whole_file_leave_one_whole_file(string verb)
    {
        string file = BrokenProbitFiles.WriteSound(folder.Path),
            alone = folder.File("alone"),
            shared = folder.File("shared");
        WorkbookProcess Start(string root, string output) =>
            WorkbookProcess.Start(
                [("WORKBOOK_ROOT", Directory.CreateDirectory(folder.File(root)).FullName)],
                [.. verb.Replace("FILE", file).Split(' '), "--out", output]
            );
        using var undisturbed = Start("root", alone);
        Assert.Equal(0, undisturbed.End().ExitCode);
        for (int pair = 0; pair < Pairs; pair++)
        {
            // Nothing is trained before, so that both do all of the work.
            using WorkbookProcess first = Start($"root-{pair}", shared),
                second = Start($"root-{pair}", shared);
            Assert.All([first.End(), second.End()], result => Assert.True(result.ExitCode == 0, result.Error));
            Assert.Equal(File.ReadAllBytes(alone), File.ReadAllBytes(shared));
            Assert.Empty(Directory.EnumerateFiles(folder.Path, "*.tmp"));
            File.Delete(shared);
        }
        LongRun.Note($"{verb.Split(" FILE")[0]}: {Pairs} pairs at once, 0 lost");
    }
}
