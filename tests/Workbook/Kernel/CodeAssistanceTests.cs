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
        Assert.Equal("double Math.Sqrt(double d)", new CodeAssistance(session).Inspect("Math.Sqrt(2)", 6));
        Assert.Null(new CodeAssistance(session).Inspect("", 0));
    }
}
