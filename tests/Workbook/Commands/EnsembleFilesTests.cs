using System.Security.Cryptography;
using Tests.Workbook.Datasets;

namespace Tests.Workbook.Commands;

/// <summary>Ensembles that are fetched from a folder or a server and gathered for one, in a root of their own with a
/// list of two.</summary>
public sealed class EnsembleFilesTests : IDisposable
{
    const string First = "tiny-a0.5-n5-s0",
        Second = "tiny-a0.5-n5-s1";

    readonly TinyEnsembles made = new();
    readonly TemporaryFolder folder = new(),
        root = new();

    public EnsembleFilesTests()
    {
        string entries = string.Join(
            ",",
            new[] { (First, true), (Second, false) }.Select(one =>
                Entry(one.Item1, File.ReadAllBytes(Path.Combine(Release, one.Item1 + ".npz")), one.Item2)
            )
        );
        Directory.CreateDirectory(root.File("data"));
        File.WriteAllText(root.File("data/ensembles.json"), $"[{entries}]");

        static string Entry(string name, byte[] bytes, bool knowsSize) =>
            $$"""
                {"name": "{{name}}", "sha256": "{{Convert.ToHexStringLower(SHA256.HashData(bytes))}}",
                 "bytes": {{(knowsSize ? bytes.Length : "null")}}, "recipe": "drawn", "used_by": "tests"}
                """;
    }

    string Release => made.Ensembles;

    string Fetched(string name) => root.File($"artifacts/fetched-ensembles/{name}.npz");

    public void Dispose()
    {
        made.Dispose();
        folder.Dispose();
        root.Dispose();
    }

    WorkbookProcess.Result Run(params string[] arguments) =>
        WorkbookProcess.Run([("WORKBOOK_ROOT", root.Path)], arguments);

    static void OneLine(WorkbookProcess.Result result, string says)
    {
        Assert.Equal(2, result.ExitCode);
        string line = Assert.Single(result.Error.TrimEnd().Split('\n'));
        Assert.StartsWith("workbook: ", line);
        Assert.Contains(says, line);
    }

    [Fact]
    public void From_a_folder_they_land_where_every_verb_finds_them_by_name()
    {
        var fetched = Run("data", "fetch", "ensembles", "--from", Release);
        Assert.True(fetched.ExitCode == 0, fetched.Error);
        Assert.Equal(2, Directory.GetFiles(root.File("artifacts/fetched-ensembles")).Length);
        Assert.Contains("is there already", Run("data", "fetch", "ensembles", "--from", Release).Output);
        foreach (string name in new[] { First, Second + ".npz" })
        {
            var inspected = Run("inspect", name);
            Assert.True(inspected.ExitCode == 0, inspected.Error);
        }
        Assert.Contains("2 are here", Run("data", "list").Output);
    }

    [Fact]
    public void A_server_serves_as_well_as_a_folder()
    {
        using var server = LocalServer.Of(Release);
        string address = new Uri(server.Address, "release/").ToString();
        var fetched = Run("data", "fetch", "ensembles", "--from", address, "--only", Second);
        Assert.True(fetched.ExitCode == 0, fetched.Error);
        Assert.Equal([Fetched(Second)], Directory.GetFiles(root.File("artifacts/fetched-ensembles")));
        Assert.Equal(File.ReadAllBytes(Path.Combine(Release, Second + ".npz")), File.ReadAllBytes(Fetched(Second)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_not_there_is_named_and_the_others_are_kept(bool served)
    {
        File.Delete(Path.Combine(Release, Second + ".npz"));
        using var server = LocalServer.Of(Release);
        string from = served ? new Uri(server.Address, "release").ToString() : Release;
        OneLine(Run("data", "fetch", "ensembles", "--from", from), $"1 of 2 ensembles: {Second} is not in {from}");
        Assert.True(File.Exists(Fetched(First)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Another_size_is_refused_before_and_other_bytes_after(bool served)
    {
        using var server = LocalServer.Of(Release);
        string from = served ? new Uri(server.Address, "release").ToString() : Release,
            file = Path.Combine(Release, First + ".npz");
        byte[] right = File.ReadAllBytes(file);
        File.WriteAllBytes(file, [.. right, 0]);
        OneLine(Run("data", "fetch", "ensembles", "--from", from), $"{right.Length + 1:N0} bytes");
        right[^1] ^= 1;
        File.WriteAllBytes(file, right);
        OneLine(Run("data", "fetch", "ensembles", "--from", from), "nothing was kept");
        Assert.False(
            Directory.Exists(root.File("artifacts/fetched-ensembles"))
                && Directory.EnumerateFileSystemEntries(root.File("artifacts/fetched-ensembles")).Any()
        );
    }

    [Fact]
    public void Packed_ones_are_those_of_the_list_with_their_checksums()
    {
        string output = folder.File("packed");
        var packed = Run("data", "pack", "ensembles", output, "--ensembles", Release);
        Assert.True(packed.ExitCode == 0, packed.Error);
        Assert.Equal(
            ["SHA256SUMS", First + ".npz", Second + ".npz"],
            Directory.GetFiles(output).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)
        );
        var (exit, said) = Outside.Run("sha256sum", ["--check", "--strict", "SHA256SUMS"], output);
        Assert.True(exit == 0, said);

        // Under its name there may be another ensemble: it is not packed.
        string other = folder.File("other");
        Directory.CreateDirectory(other);
        File.Copy(Path.Combine(Release, Second + ".npz"), Path.Combine(other, Second + ".npz"));
        File.Copy(Path.Combine(Release, Second + ".npz"), Path.Combine(other, First + ".npz"));
        Assert.Equal(2, Run("data", "pack", "ensembles", folder.File("again"), "--ensembles", other).ExitCode);
        Assert.False(File.Exists(Path.Combine(folder.File("again"), First + ".npz")));
    }

    [Theory]
    [InlineData("data fetch ensembles", "--from")]
    [InlineData("data fetch ensembles --from /nowhere", "no folder")]
    [InlineData("data fetch ensembles --from / --only x", "no ensemble is listed as 'x'")]
    [InlineData("data fetch cifar10 --from /", "--url")]
    public void What_cannot_be_is_one_line(string line, string says) => OneLine(Run(line.Split(' ')), says);
}
