using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using RobustInference.Networks;
using RobustInference.Results;
using RobustInference.Training;
using Tests.RobustInference.Torch;
using Tests.Workbook;

namespace Tests.Packaging;

/// <summary>The folder that <c>publish</c> writes, on a machine without dotnet, as far as an empty PATH makes
/// one.</summary>
[Collection(nameof(Builds))]
public sealed class PublishTests(PublishTests.Published published) : IClassFixture<PublishTests.Published>
{
    /// <summary>Published once for all tests of this class, then moved.</summary>
    public sealed class Published : IDisposable
    {
        readonly TemporaryFolder folder = new();

        public Published()
        {
            string choice = Path.Combine(WorkbookFolder.Root, "artifacts", "torch-backend");
            if (System.IO.File.Exists(choice) && System.IO.File.ReadAllText(choice).Trim() != "cpu")
            {
                Missing = "this clone is not set up for the CPU";
                return;
            }
            var result = WorkbookProcess.Start("publish", folder.File("out")).End(TimeSpan.FromMinutes(12));
            // NU1101, NU1102: no such package, no such version where packages come from.
            if (result.ExitCode != 0 && result.Error.Contains("NU110"))
                Missing = result.Error.TrimEnd().Split('\n')[^1];
            else
            {
                Assert.True(result.ExitCode == 0, result.Error);
                Said = result.Output;
                Left = [.. Directory.EnumerateFileSystemEntries(folder.Path).Select(path => Path.GetFileName(path))];
                Directory.Move(folder.File("out"), folder.File("moved"));
            }
        }

        /// <summary>Why there is none.</summary>
        public string? Missing { get; }

        public string Said { get; } = "";

        public string[] Left { get; } = [];

        public string File(string name) => folder.File("moved/" + name);

        public string Elsewhere => folder.Path;

        public void Dispose() => folder.Dispose();
    }

    (int Exit, string Output) Run(params string[] arguments)
    {
        Assert.SkipWhen(published.Missing is not null, published.Missing ?? "");
        string tools = Path.Combine(published.Elsewhere, "tools");
        Directory.CreateDirectory(tools);
        foreach (string tool in new[] { "sh", "dirname", "readlink" })
            if (!File.Exists(Path.Combine(tools, tool)))
                File.CreateSymbolicLink(Path.Combine(tools, tool), "/usr/bin/" + tool);
        var start = new ProcessStartInfo(published.File("workbook"), arguments)
        {
            WorkingDirectory = published.Elsewhere,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = tools;
        start.Environment["HOME"] = published.Elsewhere;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.GetAwaiter().GetResult());
    }

    [Fact]
    public void It_is_there_whole_and_says_its_size_and_how_to_start_it()
    {
        Assert.SkipWhen(published.Missing is not null, published.Missing ?? "");
        Assert.Equal(["out"], published.Left);
        Assert.DoesNotContain(
            Directory.EnumerateFiles(published.File("bin")),
            file => Path.GetFileName(file).Contains("python", StringComparison.Ordinal)
        );
        Assert.Matches(
            @"out: [0-9,]+ MiB \([0-9,]+ program, [0-9,]+ data\), for \S+;.*\n\s+/\S+/workbook --help",
            published.Said
        );
    }

    [Fact]
    public void It_certifies_an_embedded_ensemble_without_dotnet_and_outside_the_clone()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the tools of the start script are linked for Linux");
        string rule = Path.Combine(published.Elsewhere, "rule.safetensors");
        using (var network = new DeepSetNetwork(10, 4, 0))
            DeepSetFile.Write(rule, network, 4);
        var (exit, output) = Run(
            "certify",
            "cifar10-a0.5-s0",
            "--corrupted",
            "4",
            "--suite",
            "none",
            "--aggregator",
            rule
        );
        Assert.True(exit == 0, output);
        Assert.Contains("CWTM", output);
    }

    [Fact]
    public void Recorded_results_come_along()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the tools of the start script are linked for Linux");
        var (exit, output) = Run("table", "2", "--profile", "quick");
        Assert.True(exit == 0, output);
        Assert.Contains("DeepSet-TM", output);
    }

    [Fact]
    public void What_needs_the_sources_or_the_SDK_is_one_line()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the tools of the start script are linked for Linux");
        var (exit, output) = Run("publish", Path.Combine(published.Elsewhere, "again"));
        Assert.Equal(2, exit);
        Assert.Contains("holds no sources", Assert.Single(output.TrimEnd().Split('\n')));
    }

    [Fact]
    public void Where_libtorch_is_missing_a_verb_that_needs_it_says_so_in_one_line()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the tools of the start script are linked for Linux");
        Assert.SkipWhen(published.Missing is not null, published.Missing ?? "");
        string library = published.File("bin/libtorch_cpu.so");
        File.Move(library, library + ".away");
        try
        {
            var (exit, output) = Run("inspect", "cifar10-a0.5-s0");
            Assert.Equal(2, exit);
            Assert.Contains("WORKBOOK_LIBTORCH", Assert.Single(output.TrimEnd().Split('\n')));
            Assert.Equal(0, Run("data", "list").Exit);
            Assert.Equal(0, Run("inspect", "--help").Exit);
        }
        finally
        {
            File.Move(library + ".away", library);
        }
    }

    [Fact]
    public void TorchSharp_in_it_is_the_repaired_one()
    {
        Assert.SkipWhen(published.Missing is not null, published.Missing ?? "");
        var context = new AssemblyLoadContext("published", isCollectible: true);
        try
        {
            var assembly = context.LoadFromAssemblyPath(published.File("bin/TorchSharp.dll"));
            Assert.True(assembly.GetCustomAttribute<DebuggableAttribute>()!.IsJITOptimizerDisabled);
        }
        finally
        {
            context.Unload();
        }
        if (RuntimeInformation.RuntimeIdentifier == "linux-x64")
            Assert.True(
                Assert
                    .Single(
                        ElfVersions.Needed(published.File("bin/libLibTorchSharp.so")),
                        needed => needed.Version == "GLIBCXX_3.4.32"
                    )
                    .Weak
            );
    }

    [Fact]
    public void A_folder_that_holds_something_is_left_alone()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("mine.txt"), "mine");
        var result = WorkbookProcess.Run("publish", folder.Path);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("is not empty", Assert.Single(result.Error.TrimEnd().Split('\n')));
        Assert.Equal(["mine.txt"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }
}
