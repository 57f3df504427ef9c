using System.Runtime.InteropServices;
using RobustInference.Files;
using Tests.Workbook;

namespace Tests.RobustInference.Files;

public sealed class TorchLibrariesTests : IDisposable
{
    static readonly string[] Libraries = ["libtorch_global_deps.so", "libc10.so", "libtorch_cpu.so", "libtorch.so"];

    readonly TemporaryFolder folder = new();

    public TorchLibrariesTests() =>
        Assert.SkipUnless(
            Libraries.All(name => File.Exists(Here(name))),
            "libtorch's libraries do not lie beside the program here"
        );

    public void Dispose() => folder.Dispose();

    static string Here(string name) => Path.Combine(AppContext.BaseDirectory, name);

    static string TorchSharp => Here("libLibTorchSharp.so");

    void Link(string place = "")
    {
        Directory.CreateDirectory(folder.File(place));
        // With the OpenMP library that libtorch brings along.
        foreach (
            string path in Directory.EnumerateFiles(AppContext.BaseDirectory, "libgomp*").Concat(Libraries.Select(Here))
        )
            File.CreateSymbolicLink(Path.Combine(folder.File(place), Path.GetFileName(path)), path);
    }

    string Refused() =>
        Assert.Throws<InvalidDataException>(() => TorchLibraries.Check(folder.Path, TorchSharp)).Message;

    [Theory]
    [InlineData("")]
    [InlineData("lib")]
    public void The_version_that_it_was_built_for_fits(string place)
    {
        Link(place);
        Assert.Equal(
            Path.GetFullPath(folder.File(place)).TrimEnd('/'),
            Path.GetFullPath(TorchLibraries.Check(folder.Path, TorchSharp)).TrimEnd('/')
        );
    }

    [Fact]
    public void What_TorchSharp_wants_weakly_is_not_missed()
    {
        const string Weak = "_ZTHN3c104impl26raw_local_dispatch_key_setE";
        var (_, wants) = ElfSymbols.Read(TorchSharp);
        Assert.DoesNotContain(Weak, wants);
        Assert.Contains(Weak[..2] + Weak[4..], wants);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("runtimes/HERE/native", true)]
    [InlineData("elsewhere", false)]
    public void CUDA_is_where_its_library_lies_beside_the_program(string place, bool found)
    {
        string file = folder.File(
            Path.Combine(place.Replace("HERE", RuntimeInformation.RuntimeIdentifier), "libtorch_cuda.so")
        );
        Assert.False(TorchLibraries.HoldsCuda(folder.Path));
        AtomicFile.WriteText(file, "");
        Assert.Equal(found, TorchLibraries.HoldsCuda(folder.Path));
    }

    [Fact]
    public void A_folder_without_libtorch_says_where_it_looked() => Assert.Contains("lib/libtorch_cpu.so", Refused());

    [Fact]
    public void A_missing_part_is_named()
    {
        Link();
        File.Delete(folder.File("libc10.so"));
        Assert.Contains("has no libc10.so", Refused());
    }

    [Fact]
    public void Another_version_is_refused_with_its_name_before_it_is_loaded()
    {
        Link();
        // Any other library stands for one that lacks what TorchSharp wants.
        File.Delete(folder.File("libtorch_cpu.so"));
        File.CreateSymbolicLink(folder.File("libtorch_cpu.so"), Here("libc10.so"));
        File.WriteAllText(folder.File("build-version"), "1.13.1+cpu\n");
        string message = Refused();
        Assert.Contains("libtorch 1.13.1+cpu", message);
        Assert.Matches("[0-9,]+ of its functions are missing", message);
    }

    [Fact]
    public void A_truncated_library_is_refused()
    {
        Link();
        File.Delete(folder.File("libc10.so"));
        File.WriteAllBytes(folder.File("libc10.so"), File.ReadAllBytes(Here("libc10.so"))[..50_000]);
        Assert.Contains("libc10.so: is truncated", Refused());
    }

    [Fact]
    public void The_command_line_takes_the_folder_that_is_named_and_says_what_is_wrong_in_one_line()
    {
        string[] evaluate = ["bench", "order-statistics", "--json"];
        Link();
        var result = WorkbookProcess.Run([(TorchLibraries.Variable, folder.Path)], evaluate);
        Assert.True(result.ExitCode == 0, result.Error);
        File.Delete(folder.File("libtorch_cpu.so"));
        var refused = WorkbookProcess.Run([(TorchLibraries.Variable, folder.Path)], evaluate);
        Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("holds no libtorch", Assert.Single(refused.Error.TrimEnd().Split('\n')));
    }
}
