using System.Text.Json.Nodes;

namespace Tests.Workbook.Notebooks;

public class NotebookHygieneTests
{
    static readonly JsonObject Error = new()
    {
        ["output_type"] = "error",
        ["ename"] = "E",
        ["evalue"] = "e",
        ["traceback"] = new JsonArray(),
    };

    static IEnumerable<string> Problems(string code, params JsonObject[] outputs) =>
        NotebookHygiene.Problems(
            WrittenNotebook.Of(
                WrittenNotebook.Code(code, [.. outputs.Select(output => output.DeepClone().AsObject())])
            ),
            "/mnt/checkout"
        );

    [Theory]
    [InlineData("1 + 1")]
    [InlineData("table.Pivot(rows)")]
    [InlineData("figure")]
    [InlineData("int x = 1; Console.WriteLine(x);")]
    [InlineData("foreach (int i in xs) { i.Display(); }")]
    [InlineData("display(x);")]
    [InlineData("#!html\n<b>x</b>")]
    public void A_cell_that_shows_something_needs_outputs(string code)
    {
        Assert.Equal(["cell 1: no outputs"], Problems(code));
        Assert.Empty(Problems(code, WrittenNotebook.Stream("x")));
    }

    [Theory]
    [InlineData("int x = 1;")]
    [InlineData("using System;")]
    [InlineData("x = f(2);")]
    [InlineData("#r \"a.dll\"")]
    [InlineData("// nothing")]
    public void A_cell_that_shows_nothing_needs_none(string code) => Assert.Empty(Problems(code));

    [Fact]
    public void An_error_output_is_a_problem_unless_it_is_meant()
    {
        Assert.Equal(["cell 1: an error output"], Problems("int x = 1;", Error));
        var meant = WrittenNotebook.Of(
            WrittenNotebook.Tagged(WrittenNotebook.Code("int x = 1;", Error.DeepClone().AsObject()), "raises-exception")
        );
        Assert.Empty(NotebookHygiene.Problems(meant));
    }

    [Theory]
    [InlineData("/home/ada/data")]
    [InlineData("in /tmp/x")]
    [InlineData("/mnt/checkout/notebooks")]
    public void A_path_of_one_machine_is_a_problem_in_code_and_in_outputs(string text)
    {
        Assert.Single(Problems("int x = 1;", WrittenNotebook.Stream(text)));
        Assert.Single(Problems($"var s = \"{text}\";"));
        Assert.Single(NotebookHygiene.Problems(WrittenNotebook.Of(WrittenNotebook.Text(text)), "/mnt/checkout"));
    }

    [Theory]
    [InlineData("https://example.org/home/page")]
    [InlineData("../data/tmp/x")]
    public void Other_paths_are_none(string text) => Assert.Empty(Problems("int x = 1;", WrittenNotebook.Stream(text)));

    [Theory]
    [InlineData("class Rule { }", "the class Rule")]
    [InlineData("record Row(int X);", "the record Row")]
    [InlineData("struct P { }", "the struct P")]
    public void A_type_is_an_algorithm_s_home(string code, string what) =>
        Assert.Equal([$"cell 1: defines {what}"], Problems(code));

    [Fact]
    public void A_method_may_have_fifteen_lines_and_not_more()
    {
        static string Method(int lines) =>
            $"double F()\n{{\n{string.Join('\n', Enumerable.Repeat("    a();", lines - 4))}\n    return 1;\n}}";
        Assert.Empty(Problems(Method(15)));
        Assert.Equal(["cell 1: defines F of 16 lines; a method in a cell has at most 15"], Problems(Method(16)));
        Assert.Single(Problems($"Func<double> f = () => {{\n{string.Join('\n', Enumerable.Repeat("a();", 20))}\n}};"));
    }
}
