using Workbook.Kernel;

namespace Tests.Workbook.Kernel;

public class CodeAssistanceTests
{
    readonly CSharpSession session = new(AppContext.BaseDirectory);

    IReadOnlyList<string> Complete(string text) => new CodeAssistance(session).Complete(text, text.Length).Names;

    [Fact]
    public void Names_of_earlier_cells_of_types_and_of_members_are_offered()
    {
        session.Execute("var probits = new List<double> { 1 };", new RecordedOutput());
        Assert.Equal(["probits"], Complete("prob"));
        Assert.Contains("Count", Complete("probits."));
        Assert.Contains("Average", Complete("var x = probits.Av"));
        Assert.Equal(["Sqrt"], Complete("Math.Sq"));
        Assert.Contains("Collections", Complete("System.Coll"));
        Assert.DoesNotContain("Sqrt", Complete("probits."));
    }

    [Fact]
    public void What_is_replaced_is_the_word_before_the_cursor()
    {
        Completions found = new CodeAssistance(session).Complete("Math.Sq + 1", "Math.Sq".Length);
        Assert.Equal((5, 7), (found.Start, found.End));
    }

    [Theory]
    [InlineData("1 + 1", Completeness.Complete)]
    [InlineData("int x = 1;", Completeness.Complete)]
    [InlineData("if (true) {", Completeness.Incomplete)]
    [InlineData("int x = ;", Completeness.Invalid)]
    public void A_console_knows_whether_to_ask_for_more(string text, Completeness expected) =>
        Assert.Equal(expected, CodeAssistance.IsComplete(text));

    [Fact]
    public void A_name_is_explained_by_its_declaration()
    {
        Assert.StartsWith("double Math.Sqrt(double d)", new CodeAssistance(session).Inspect("Math.Sqrt(2)", 6));
        Assert.Null(new CodeAssistance(session).Inspect("", 0));
    }

    [Theory]
    [InlineData("#!ti", "#!time", 0)]
    [InlineData("1 + 1\n#!wh", "#!who,#!whos", 6)]
    [InlineData("#!mer", "#!mermaid", 0)]
    [InlineData("#!sql --n", "--name", 6)]
    [InlineData("#!set --v", "--value", 6)]
    public void Magic_commands_are_completed_and_their_parameters_too(string text, string names, int start)
    {
        Completions found = new CodeAssistance(new CSharpSession(AppContext.BaseDirectory)).Complete(text, text.Length);
        Assert.Equal(names, string.Join(',', found.Names));
        Assert.Equal((start, text.Length), (found.Start, found.End));
    }

    [Theory]
    [InlineData("Math.Sqrt(2)", 6, "double Math.Sqrt(double d)\n\nReturns the square root of a specified number.")]
    [InlineData("new[] { 1 }.Select(x => x)", 13, "Projects each element of a sequence into a new form.")]
    [InlineData("string.Empty", 2, "Represents text as a sequence of UTF-16 code units.")]
    [InlineData(
        "#r \"RobustInference.dll\"\nRobustInference.Aggregators.Mean m;",
        54,
        "Mean\n\nThe plain mean over clients"
    )]
    public void A_name_is_shown_with_its_documentation(string text, int position, string documentation)
    {
        var session = new CSharpSession(AppContext.BaseDirectory);
        session.Execute(text.Split('\n')[0], new RecordedOutput());
        Assert.Contains(documentation, new CodeAssistance(session).Inspect(text, position));
    }
}
