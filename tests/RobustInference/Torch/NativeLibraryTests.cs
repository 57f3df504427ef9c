namespace Tests.RobustInference.Torch;

public class NativeLibraryTests
{
    const string Library = "libLibTorchSharp.so",
        TooNew = "GLIBCXX_3.4.32";

    static string Output => Path.Combine(AppContext.BaseDirectory, Library);

    static string InPackageCache()
    {
        string packages =
            Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        string folder = Path.Combine(packages, "torchsharp");
        Assert.SkipUnless(Directory.Exists(folder), $"no TorchSharp package in {packages}");
        return Directory
            .EnumerateFiles(folder, Library, SearchOption.AllDirectories)
            .First(file => file.Contains("linux-x64", StringComparison.Ordinal));
    }

    [Fact]
    public void The_symbol_version_that_old_systems_lack_is_weak_in_the_output()
    {
        Assert.SkipUnless(File.Exists(Output), "not Linux");
        var needed = ElfVersions.Needed(Output).ToArray();
        Assert.True(Assert.Single(needed, n => n.Version == TooNew).Weak);
    }

    [Fact]
    public void No_other_symbol_version_was_touched()
    {
        Assert.SkipUnless(File.Exists(Output), "not Linux");
        var before = ElfVersions.Needed(InPackageCache()).Where(n => n.Version != TooNew);
        var after = ElfVersions.Needed(Output).Where(n => n.Version != TooNew);
        Assert.Equal(before, after);
    }

    [Fact]
    public void The_package_cache_keeps_the_library_as_it_came()
    {
        Assert.SkipUnless(File.Exists(Output), "not Linux");
        string original = InPackageCache();
        Assert.False(Assert.Single(ElfVersions.Needed(original), n => n.Version == TooNew).Weak);
        byte[] theirs = File.ReadAllBytes(original),
            ours = File.ReadAllBytes(Output);
        Assert.Equal(theirs.Length, ours.Length);
        Assert.Equal(1, theirs.Zip(ours).Count(pair => pair.First != pair.Second));
        Assert.Equal(File.GetLastWriteTimeUtc(original), File.GetLastWriteTimeUtc(Output));
    }

    [Fact]
    public void The_output_holds_the_native_files_of_one_platform()
    {
        string[] natives =
        [
            .. Directory
                .EnumerateFiles(AppContext.BaseDirectory, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetFileName(file)!)
                .Where(file => file is "libtorch_cpu.so" or "libtorch_cpu.dylib" or "torch_cpu.dll"),
        ];
        Assert.Single(natives);
    }
}
