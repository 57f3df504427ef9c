using System.Security.Cryptography;
using RobustInference.Catalogue;
using RobustInference.Results;
using RobustInference.Running;

namespace Tests.RobustInference.Running;

/// <summary>The committed list of ensembles that are too large to come along, and what is refused as one.</summary>
public sealed class EnsembleListTests : IDisposable
{
    const string Hash = "7bc377eaf8b9757324157e6b4327beb22d0353f7dc623234a9e0d9a2efbd6c31";

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_input_of_a_recorded_result_is_embedded_or_listed_under_its_name()
    {
        Assert.SkipUnless(Directory.Exists(WorkbookFolder.RecordedResults), "no results are recorded");
        Assert.SkipUnless(Directory.Exists(WorkbookFolder.EmbeddedEnsembles), "no ensembles are here");
        var known = Directory
            .EnumerateFiles(WorkbookFolder.EmbeddedEnsembles, "*.npz")
            .Select(path =>
                (Path.GetFileName(path), Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))))
            )
            .Concat(
                EnsembleList
                    .Read(WorkbookFolder.EnsembleList)
                    .Select(listed => ((listed.RecordedAs ?? listed.Name) + ".npz", listed.Sha256))
            )
            .ToHashSet();
        var used = new ResultStore(WorkbookFolder.RecordedResults)
            .All()
            .Where(file => file.Result.Cell.Ensemble.Recipe is null)
            .Select(file => (file.Result.InputName, file.Result.Configuration.Input))
            .Distinct()
            .ToArray();
        Assert.InRange(used.Length, 10, 1000);
        Assert.Empty(used.Except(known));
    }

    [Fact]
    public void A_listed_name_is_the_one_that_tables_look_for()
    {
        var names = EnsembleList.Read(WorkbookFolder.EnsembleList).Select(listed => listed.Name);
        Assert.Contains(new EnsembleId("cifar100", 0.3, 10, 0).Name, names);
        Assert.Contains(new EnsembleId("cifar100", 0.5, 17, 2).Name, names);
    }

    [Theory]
    [InlineData("../x", Hash, "1", "name that is not fit")]
    [InlineData("x", "7bc377", "1", "no SHA-256")]
    [InlineData("x", Hash, "0", "has 0 bytes")]
    [InlineData("x", Hash, "1000000000000", "1,000,000,000,000 bytes")]
    [InlineData("x", Hash, "\"many\"", "line 1")]
    public void An_entry_that_is_not_sound_is_named(string name, string hash, string bytes, string says)
    {
        string path = folder.File("ensembles.json");
        File.WriteAllText(
            path,
            $$"""[{"name": "{{name}}", "sha256": "{{hash}}", "bytes": {{bytes}}, "recipe": "", "used_by": ""}]"""
        );
        string message = Assert.Throws<InvalidDataException>(() => EnsembleList.Read(path)).Message;
        Assert.StartsWith(path, message);
        Assert.Contains(says, message);
    }

    [Fact]
    public void Where_there_is_no_list_nothing_is_listed() => Assert.Empty(EnsembleList.Read(folder.File("none.json")));
}
