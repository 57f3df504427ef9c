using RobustInference.Catalogue;
using RobustInference.Results;

namespace Tests.RobustInference.Results;

public sealed class ResultStoreTests : IDisposable
{
    readonly TinyEnsembles tiny = new(0);

    public void Dispose() => tiny.Dispose();

    static readonly bool[] Right = [true, false, true, true, false, false, true, true, true];

    static CellResult Result(int draw = 0) =>
        CellResult.Of(
            new ResultConfiguration(
                new ExperimentCell(
                    new EnsembleId("tiny", 0.5, 5, 0),
                    1,
                    draw,
                    "CWTM",
                    new AttackSetting("PGD-cw").Fixed()
                ),
                new string('f', 64)
            ),
            "tiny.npz",
            Right,
            1.5,
            0.25
        );

    string Put(CellResult result)
    {
        tiny.NewStore().Put(result);
        return Path.Combine(tiny.Store, result.Configuration.Hash() + ".json");
    }

    [Fact]
    public void A_result_comes_back_as_it_was_and_says_sample_by_sample_what_was_right()
    {
        Put(Result());
        var found = tiny.NewStore().Find(Result().Configuration);
        Assert.Equal(Result(), found);
        Assert.Equal(Right, found!.Right());
        Assert.Equal(6 / 9.0, found.Accuracy);
        Assert.Null(tiny.NewStore().Find(Result(1).Configuration));
        Assert.Empty(tiny.Remarks);
    }

    [Fact]
    public void What_others_write_at_the_same_time_is_no_foreign_file()
    {
        // Enough beside them that what was listed has its own name when it is looked at.
        for (int draw = 0; draw < 100; draw++)
            Put(Result(draw));
        using var stop = new CancellationTokenSource();
        Thread[] writers =
        [
            .. Enumerable
                .Range(0, 4)
                .Select(w => new Thread(() =>
                {
                    var store = tiny.NewStore();
                    for (int i = 0; !stop.IsCancellationRequested; i++)
                        store.Put(Result(100 + 10 * w + i % 10));
                })),
        ];
        foreach (var writer in writers)
            writer.Start();
        try
        {
            for (int i = 0; i < 40; i++)
                Assert.InRange(tiny.NewStore().All().Count, 100, 140);
        }
        finally
        {
            stop.Cancel();
            foreach (var writer in writers)
                writer.Join();
        }
        Assert.Empty(tiny.Remarks);
    }

    /// <summary>What may lie in the folder beside results, made from a sound file's text.</summary>
    static readonly Dictionary<string, (string Says, Func<string, string> Text)> Foreign = new()
    {
        ["half-written"] = ("is no result", text => text[..(text.Length / 2)]),
        ["empty"] = ("is no result", _ => ""),
        ["another kind of JSON"] = ("is no result", _ => "[1, 2]"),
        ["null"] = ("is no result", _ => "null"),
        ["a further field"] = ("is no result", text => text.Replace("\"samples\"", "\"more\":1, \"samples\"")),
        ["a field twice"] = ("is no result", text => text.Replace("\"samples\"", "\"samples\":9, \"samples\"")),
        ["a field less"] = ("is no result", text => text.Replace("\"corrupted\":1,", "")),
        ["a rule that nobody knows"] = ("not named by the hash", text => text.Replace("\"CWTM\"", "\"Oracle\"")),
        ["settings of another attack"] = ("is no result", text => text.Replace("\"steps\"", "\"amplification\"")),
        ["another configuration under this name"] = (
            "not named by the hash",
            text => text.Replace("\"draw\":0", "\"draw\":1")
        ),
        ["another accuracy"] = ("accuracy", text => text.Replace("0.6666666666666666", "0.7")),
        ["more samples than outcomes"] = ("outcomes", text => text.Replace("\"samples\":9", "\"samples\":90")),
        ["bits beyond the samples"] = (
            "bits beyond",
            text => text.Replace("\"samples\":9", "\"samples\":10").Replace(Result().Outcomes, "zf8=")
        ),
        ["outcomes that are no base64"] = ("", text => text.Replace(Result().Outcomes, "?")),
        ["another version's results"] = (
            "results version 999",
            text => text.Replace("\"results_version\":1", "\"results_version\":999")
        ),
        ["too large"] = ("bytes long", text => text + new string(' ', 5 << 20)),
    };

    public static TheoryData<string> Names => [.. Foreign.Keys];

    [Theory, MemberData(nameof(Names))]
    public void What_is_no_result_is_named_once_and_never_read_as_one(string name)
    {
        string path = Put(Result()),
            sound = Put(Result(2)),
            text = File.ReadAllText(path);
        var (says, change) = Foreign[name];
        Assert.NotEqual(text, change(text));
        File.WriteAllText(path, change(text));
        var store = tiny.NewStore();
        Assert.Null(store.Find(Result().Configuration));
        Assert.Equal([sound], store.All().Select(file => file.Path));
        Assert.Equal([sound], store.All().Select(file => file.Path));
        string remark = Assert.Single(tiny.Remarks);
        Assert.All([path, says, "it is skipped"], part => Assert.Contains(part, remark));
        Assert.DoesNotContain('\n', remark);
    }

    [Fact]
    public void Other_files_are_named_and_folders_and_the_README_are_not_looked_at()
    {
        string path = Put(Result());
        File.WriteAllText(Path.Combine(tiny.Store, "README.md"), "x");
        File.WriteAllText(Path.Combine(tiny.Store, "notes.txt"), "x");
        // One that is being written at this moment, and one that was left behind.
        File.WriteAllText(path + ".1-0.tmp", "{");
        File.WriteAllText(path + ".2-0.tmp", "{");
        File.SetLastWriteTimeUtc(path + ".2-0.tmp", DateTime.UtcNow.AddMinutes(-2));
        File.Copy(path, Path.Combine(tiny.Store, "copy.json"));
        File.WriteAllText(
            Path.Combine(Directory.CreateDirectory(Path.Combine(tiny.Store, "frontier")).FullName, "a.json"),
            "x"
        );
        Assert.Single(tiny.NewStore().All());
        Assert.Equal(
            [Path.GetFileName(path) + ".2-0.tmp", "copy.json", "notes.txt"],
            tiny.Remarks.Select(remark => Path.GetFileName(remark.Split(' ')[1])).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Recorded_folders_are_read_and_never_written_to()
    {
        Put(Result());
        var store = new ResultStore(tiny.File("own"), [tiny.Store]);
        Assert.Equal(Result(), store.Find(Result().Configuration));
        store.Put(Result(1));
        Assert.Single(Directory.GetFiles(tiny.Store));
        Assert.Equal(2, store.All().Count);
    }

    [Fact]
    public void Work_is_claimed_by_one_at_a_time_and_given_back()
    {
        var store = tiny.NewStore();
        using (store.Claim("a"))
        {
            Assert.Null(tiny.NewStore().Claim("a"));
            using var other = store.Claim("b");
            Assert.NotNull(other);
        }
        using var again = store.Claim("a");
        Assert.NotNull(again);
    }

    [Fact]
    public void What_a_killed_process_left_half_written_goes_with_the_next_claim_and_nothing_else_does()
    {
        string left = Put(Result()) + ".7-0.tmp",
            others = Put(Result(1)) + ".7-0.tmp";
        File.WriteAllText(left, "{");
        File.WriteAllText(others, "{");
        tiny.NewStore().SweepAway([Result().Configuration]);
        Assert.Equal((false, true), (File.Exists(left), File.Exists(others)));
        Assert.Equal(2, tiny.NewStore().All().Count);
    }
}
