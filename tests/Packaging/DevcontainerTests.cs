using System.Text.Json;
using RobustInference.Results;
using Tests.Workbook;

namespace Tests.Packaging;

/// <summary>The containers that VS Code and Codespaces make: with a GPU by default, without one beside it.</summary>
public sealed class DevcontainerTests
{
    public static TheoryData<string, bool> Files =>
        new() { { "devcontainer.json", true }, { "cpu/devcontainer.json", false } };

    static string PathOf(string file) => Path.Combine(WorkbookFolder.Root, ".devcontainer", file);

    [Theory]
    [MemberData(nameof(Files))]
    public void A_container_asks_for_a_gpu_or_for_none(string file, bool gpu)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(PathOf(file)));
        var root = document.RootElement;
        Assert.Equal(
            gpu,
            root.TryGetProperty("hostRequirements", out var host) && host.GetProperty("gpu").GetBoolean()
        );
        Assert.Equal(gpu, root.TryGetProperty("runArgs", out var run) && run.GetRawText().Contains("--gpus"));
        Assert.Equal(gpu, root.GetProperty("postCreateCommand").GetString()!.Contains("-p:TorchBackend=cuda"));
        Assert.StartsWith("./workbook setup", root.GetProperty("postCreateCommand").GetString());
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void It_keeps_the_rules_of_the_specification(string file, bool gpu)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(PathOf(file)));
        Assert.Empty(DevcontainerProperties.Faults(document.RootElement));
        Assert.Contains(gpu ? "GPU" : "CPU", document.RootElement.GetProperty("name").GetString());
        Assert.Equal(2, WrittenCommands.Check(document.RootElement.GetProperty("postCreateCommand").GetString()!));
    }

    [Theory]
    [InlineData("""{"image": "a", "postcreateCommand": "b"}""", "'postcreateCommand', which is not known")]
    [InlineData("""{"image": "a", "runArgs": "--gpus all"}""", "wrong value in 'runArgs'")]
    [InlineData("""{"image": "a", "hostRequirements": {"gpu": "yes"}}""", "wrong value in 'hostRequirements'")]
    [InlineData("""{"image": "a", "hostRequirements": {"memory": "8 GB"}}""", "wrong value in 'hostRequirements'")]
    [InlineData("""{"name": "a"}""", "no 'image'")]
    public void What_breaks_a_rule_is_found(string text, string says)
    {
        using var document = JsonDocument.Parse(text);
        Assert.Contains(says, Assert.Single(DevcontainerProperties.Faults(document.RootElement)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void The_devcontainer_tool_reads_it(string file, bool gpu)
    {
        const string Tool = "@devcontainers/cli@0.89.0";
        Assert.SkipWhen(Outside.Run("sh", ["-c", "command -v npx"]).Exit != 0, "npx is not here");
        var (installed, why) = Outside.Run("npx", ["--yes", Tool, "--version"]);
        Assert.SkipWhen(installed != 0, $"{Tool} cannot be had here: {why.Trim().Split('\n')[^1]}");
        var (exit, output) = Outside.Run(
            "npx",
            [
                "--yes",
                Tool,
                "read-configuration",
                "--docker-path",
                "/bin/true",
                "--workspace-folder",
                WorkbookFolder.Root,
                "--config",
                PathOf(file),
            ]
        );
        Assert.True(exit == 0, output);
        string line = output.Split('\n').Last(text => text.StartsWith('{') && text.Contains("\"configuration\""));
        using var read = JsonDocument.Parse(line);
        var configuration = read.RootElement.GetProperty("configuration");
        Assert.Contains(gpu ? "GPU" : "CPU", configuration.GetProperty("name").GetString());
        Assert.Equal(2, configuration.GetProperty("features").EnumerateObject().Count());
    }

    [Fact]
    public void The_repository_stays_light()
    {
        const long Most = 64L << 20;
        var (exit, output) = Outside.Run("sh", ["-c", "git ls-files -z"], WorkbookFolder.Root);
        Assert.SkipWhen(exit != 0, "this is no clone");
        long bytes = output
            .Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(file => new FileInfo(Path.Combine(WorkbookFolder.Root, file)))
            .Where(file => file.Exists)
            .Sum(file => file.Length);
        Assert.InRange(bytes, 1 << 20, Most);
    }
}
