using System.CommandLine;
using Tests.RobustInference.Probits;
using Workbook.Commands;
using Workbook.Terminal;

namespace Tests.Workbook.Terminal;

public class CommandLineTests
{
    static void Refused(WorkbookProcess.Result result, params string[] says)
    {
        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Output);
        string line = Assert.Single(result.Remarks);
        Assert.StartsWith("workbook: ", line);
        Assert.All(says, part => Assert.Contains(part, line));
    }

    [Fact]
    public void The_help_lists_every_verb_and_no_verb_at_all_shows_it_too()
    {
        var help = WorkbookProcess.Run("--help");
        Assert.Equal((0, ""), (help.ExitCode, help.Error));
        Assert.All(["setup", "test", "clients", "data"], verb => Assert.Contains($"\n  {verb}", help.Output));
        Assert.Equal(help, WorkbookProcess.Run());
    }

    [Fact]
    public void Every_verb_shows_an_example_under_its_help()
    {
        var result = WorkbookProcess.Run("clients", "train", "--help");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Examples:\n  ./workbook clients train ", result.Output);
    }

    [Fact]
    public void Every_example_can_be_parsed()
    {
        var root = CommandLine.Root([
            ScriptCommands.CreateSetup(),
            ScriptCommands.CreateTest(),
            ClientsCommand.Create(),
            DataCommand.Create(),
        ]);
        foreach (var leaf in Leaves(root))
        {
            string[] examples = [.. Examples.Of(leaf)];
            Assert.NotEmpty(examples);
            if (leaf.Name is "setup")
                continue; // parsed by the script
            Assert.All(examples, example => Assert.Empty(root.Parse(example["./workbook ".Length..]).Errors));
        }
    }

    [Fact]
    public void An_unknown_verb_is_one_line() => Refused(WorkbookProcess.Run("trian"), "'trian'", "./workbook --help");

    [Theory]
    [InlineData("evalute x.npz", "has no verb 'evalute'; did you mean 'evaluate'?")]
    [InlineData("aggregator trian", "./workbook aggregator has no verb 'trian'; did you mean 'train'?")]
    [InlineData("evaluate --corruptd 4 x.npz", "no option '--corruptd'; did you mean '--corrupted'?")]
    [InlineData("evaluate --corrupted 4 x.npz --jsn=1", "no option '--jsn'; did you mean '--json'?")]
    [InlineData("run --timeuot 3", "no option '--timeuot'; did you mean '--timeout'?")]
    public void A_misspelt_name_is_answered_with_the_nearest(string line, string says) =>
        Refused(WorkbookProcess.Run(line.Split(' ')), says);

    [Fact]
    public void What_is_like_no_name_is_not_guessed() =>
        Assert.DoesNotContain("did you mean", WorkbookProcess.Run("xylophone").Error);

    [Fact]
    public void Help_is_a_verb_too()
    {
        Assert.Equal(WorkbookProcess.Run("--help"), WorkbookProcess.Run("help"));
        Assert.Equal(
            WorkbookProcess.Run("aggregator", "train", "--help"),
            WorkbookProcess.Run("help", "aggregator", "train")
        );
    }

    [Fact]
    public void A_file_of_answers_in_the_place_of_a_rule_is_called_that()
    {
        using var folder = new TemporaryFolder();
        string file = BrokenProbitFiles.WriteSound(folder.Path);
        Refused(
            WorkbookProcess.Run("certify", file, "--corrupted", "1", "--suite", "none", "--aggregator", file),
            file,
            "is an .npz",
            "aggregator train"
        );
    }

    [Fact]
    public void A_number_out_of_range_is_one_line_that_names_the_option() =>
        Refused(WorkbookProcess.Run("clients", "train", "--alpha", "0", "--out", "x.npz"), "--alpha is '0'", "above 0");

    [Fact]
    public void A_missing_data_set_is_one_line()
    {
        using var folder = new TemporaryFolder();
        Refused(
            WorkbookProcess.Run("clients", "train", "--data", folder.Path, "--out", folder.File("x.npz")),
            folder.Path,
            "data list"
        );
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void The_stack_trace_is_shown_when_asked_for()
    {
        var result = WorkbookProcess.Run([("WORKBOOK_DEBUG", "1")], "data", "verify", "--data", "/nowhere");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("   at ", result.Error);
    }

    [Fact]
    public void Neither_help_nor_wrong_arguments_load_torch()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the loader's log is Linux's");
        foreach (
            string[] arguments in new[]
            {
                ["--help"],
                ["clients", "train", "--help"],
                new[] { "clients", "train", "--epochs", "x" },
            }
        )
        {
            using var folder = new TemporaryFolder();
            WorkbookProcess.Run([("LD_DEBUG", "files"), ("LD_DEBUG_OUTPUT", folder.File("log"))], arguments);
            string log = string.Concat(Directory.EnumerateFiles(folder.Path, "log*").Select(File.ReadAllText));
            Assert.Contains("libcoreclr", log);
            Assert.DoesNotContain("torch", log, StringComparison.OrdinalIgnoreCase);
        }
    }

    static IEnumerable<Command> Leaves(Command command) =>
        command.Subcommands.Count == 0 ? [command] : command.Subcommands.SelectMany(Leaves);
}
