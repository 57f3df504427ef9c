using System.Diagnostics;
using Tests.RobustInference.Clients;
using Tests.RobustInference.Probits;
using Tests.Workbook;

namespace Tests.Faults;

/// <summary>Verbs that are killed at random moments and started again, until they end: what they wrote is what an
/// undisturbed run writes.</summary>
public sealed class KilledTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("clients train --data DATA --clients 5 --width 2 --epochs 3 --seed 1 --out OUT")]
    [InlineData("aggregator train FILE --corrupted 1 --hidden 8 --passes 60 --out OUT")]
    [InlineData(
        "aggregator frontier FILE --corrupted 1 --hidden 3 --decoder 4 --passes 2 --weights 20,40,60,80 --out OUT"
    )]
    [InlineData("evaluate FILE --corrupted 1 --json")]
    [InlineData("certify FILE --corrupted 1 --suite none --radius-csv OUT")]
    [InlineData("clients subset FILE --test 3 --validation 3 --out OUT")]
    public void Killed_at_random_moments_it_ends_as_if_undisturbed(string verb)
    {
        TinyCifar.Write(folder.File("data"));
        string file = BrokenProbitFiles.WriteSound(folder.Path);
        var clock = Stopwatch.StartNew();
        string undisturbed = Last(verb, file, "undisturbed");
        double seconds = clock.Elapsed.TotalSeconds;
        var random = new Random(verb.Length);
        int kills = LongRun.IsOn ? 20 : 2;
        for (int kill = 0; kill < kills; kill++)
        {
            using var killed = Start(verb, file, "killed");
            Thread.Sleep(TimeSpan.FromSeconds(random.NextDouble() * seconds));
            if (!killed.HasExited)
                killed.Kill();
        }
        Assert.Equal(undisturbed, Last(verb, file, "killed"));
        LongRun.Note($"{verb.Split(" --")[0]}: {kills} kills, 0 lost");
    }

    WorkbookProcess Start(string verb, string file, string place) =>
        WorkbookProcess.Start(
            [("WORKBOOK_ROOT", Root(place))],
            [
                .. verb.Replace("DATA", folder.File("data"))
                    .Replace("FILE", file)
                    .Replace("OUT", Output(place))
                    .Split(' '),
            ]
        );

    // The bytes of the output file where there is one, else what was printed.
    string Last(string verb, string file, string place)
    {
        using var process = Start(verb, file, place);
        var result = process.End();
        Assert.True(result.ExitCode == 0, result.Error);
        return verb.Contains("OUT", StringComparison.Ordinal)
            ? Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Output(place))))
            : result.Output;
    }

    string Root(string place) => Directory.CreateDirectory(folder.File(place)).FullName;

    string Output(string place) => Path.Combine(Root(place), "out.bin");
}
