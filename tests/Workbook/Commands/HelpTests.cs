using System.CommandLine;
using Workbook.Commands;
using Workbook.Terminal;

namespace Tests.Workbook.Commands;

public class HelpTests
{
    /// <summary>A new verb of experiments is a row here.</summary>
    static IReadOnlyList<Command> Verbs =>
        [
            RunCommand.Create(),
            TableCommand.Create(),
            FigureCommand.Create(),
            SweepCommand.Create(),
            ResultsCommand.Create(),
            EvaluateCommand.Create(),
            CertifyCommand.Create(),
            AggregatorCommand.Create(),
            ClientsCommand.Create(),
            DataCommand.Create(),
            BenchCommand.Create(),
            PublishCommand.Create(),
        ];

    public static TheoryData<string> Lines =>
        [
            "run",
            "table",
            "figure",
            "sweep plan",
            "sweep run",
            "sweep submit",
            "sweep status",
            "sweep collect",
            "results verify",
            "inspect",
            "report",
            "evaluate",
            "certify",
            "aggregator train",
            "aggregator frontier",
            "clients train",
            "clients subset",
            "data verify",
            "bench",
            "setup",
            "test",
            "publish",
        ];

    [Theory, MemberData(nameof(Lines))]
    public void Every_verb_shows_an_example_under_its_help(string line)
    {
        var result = WorkbookProcess.Run([.. line.Split(' '), "--help"]);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Matches($"Examples?:\n  \\./workbook {line}", result.Output);
    }

    [Fact]
    public void Every_example_can_be_parsed()
    {
        var root = CommandLine.Root(Verbs);
        foreach (var verb in Verbs)
            Assert.All(
                Examples.Of(verb).ToArray(),
                example => Assert.Empty(root.Parse(example["./workbook ".Length..]).Errors)
            );
    }

    [Theory]
    [
        InlineData("table 4"),
        InlineData("table"),
        InlineData("table 2 --seeds 0,x"),
        InlineData("table 2 --profile slow"),
        InlineData("table 2 --alpha 0"),
        InlineData("bench speed"),
        InlineData("table 2 --dataset imagenet"),
        InlineData("table 2 --model lstm"),
        InlineData("table 2 --model bag"),
        InlineData("table 2 --seeds 77"),
        InlineData("figure 1"),
        InlineData("figure 2 --seeds 77"),
        InlineData("figure 2 --out figure.gif")
    ]
    public void What_does_not_exist_is_one_line(string line)
    {
        var result = WorkbookProcess.Run(line.Split(' '));
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("workbook: ", Assert.Single(result.Error.TrimEnd('\n').Split('\n')));
    }
}
