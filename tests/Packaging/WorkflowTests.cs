using System.Text.Json;
using System.Text.RegularExpressions;
using RobustInference.Results;
using YamlDotNet.RepresentationModel;

namespace Tests.Packaging;

/// <summary>The workflows of GitHub and the tasks of VS Code: whether they can be read, and whether what they start is
/// there.</summary>
public sealed partial class WorkflowTests
{
    static string At(string path) => Path.Combine(WorkbookFolder.Root, path);

    public static TheoryData<string> Workflows =>
        [
            .. Directory
                .EnumerateFiles(At(".github/workflows"), "*.y*ml")
                .Select(path => Path.GetRelativePath(WorkbookFolder.Root, path)),
        ];

    static YamlMappingNode Read(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return Assert.IsType<YamlMappingNode>(Assert.Single(stream.Documents).RootNode);
    }

    static string? Text(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out var value) ? Assert.IsType<YamlScalarNode>(value).Value : null;

    [Theory, MemberData(nameof(Workflows))]
    public void A_workflow_is_sound_YAML_and_starts_what_is_there(string path)
    {
        var root = Read(File.ReadAllText(At(path)));
        Assert.Equal(["name", "on", "jobs"], root.Children.Keys.Select(key => key.ToString()));
        var jobs = Assert.IsType<YamlMappingNode>(root["jobs"]);
        Assert.NotEmpty(jobs.Children);
        int commands = 0;
        foreach (var (name, value) in jobs.Children)
        {
            var job = Assert.IsType<YamlMappingNode>(value);
            Assert.True(job.Children.ContainsKey("runs-on"), $"{name} runs nowhere");
            Assert.Matches("^[1-9][0-9]*$", Text(job, "timeout-minutes"));
            foreach (var step in Assert.IsType<YamlSequenceNode>(job["steps"]).Cast<YamlMappingNode>())
            {
                string? run = Text(step, "run"),
                    uses = Text(step, "uses");
                Assert.True(run is null != uses is null, $"{name}: a step runs a command or uses an action");
                if (uses is not null)
                    Assert.Matches(Action(), uses);
                else
                    commands += WrittenCommands.Check(run!);
                if (
                    step.Children.TryGetValue("with", out var with)
                    && Text((YamlMappingNode)with, "global-json-file") is { } file
                )
                    Assert.True(File.Exists(At(file)), $"{name}: there is no {file}");
            }
        }
        Assert.InRange(commands, 1, 100);
    }

    [Fact]
    public void The_job_that_needs_a_GPU_is_off_where_nobody_has_one()
    {
        var jobs = (YamlMappingNode)Read(File.ReadAllText(At(".github/workflows/test.yml")))["jobs"];
        var gpu = (YamlMappingNode)jobs["gpu"];
        Assert.Equal("vars.GPU_RUNNER == 'true'", Text(gpu, "if"));
        Assert.Contains("self-hosted", gpu["runs-on"].ToString());
    }

    [Fact]
    public void Tasks_of_the_editor_start_what_is_there()
    {
        using var tasks = JsonDocument.Parse(File.ReadAllText(At(".vscode/tasks.json")));
        string[] labels =
        [
            .. tasks
                .RootElement.GetProperty("tasks")
                .EnumerateArray()
                .Select(task => task.GetProperty("label").GetString()!),
        ];
        foreach (var task in tasks.RootElement.GetProperty("tasks").EnumerateArray())
            Assert.Equal(1, WrittenCommands.Check(task.GetProperty("command").GetString()!));
        using var launch = JsonDocument.Parse(File.ReadAllText(At(".vscode/launch.json")));
        foreach (var start in launch.RootElement.GetProperty("configurations").EnumerateArray())
        {
            Assert.Contains(start.GetProperty("preLaunchTask").GetString(), labels);
            Assert.EndsWith("artifacts/bin/Workbook/release/workbook.dll", start.GetProperty("program").GetString());
        }
    }

    [Theory]
    [InlineData("./workbook no-such-verb")]
    [InlineData("./workbook setup --no-such-option")]
    [InlineData("true && ./no-such-program")]
    public void A_command_that_is_not_there_is_found(string line) =>
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => WrittenCommands.Check(line));

    [GeneratedRegex(@"^[A-Za-z0-9-]+/[A-Za-z0-9_.-]+(/[A-Za-z0-9_./-]+)?@v?[0-9a-f][0-9a-f.]*$")]
    private static partial Regex Action();
}
