using System.Text.Json.Nodes;
using Workbook.Kernel;

namespace Tests.Workbook.Kernel.Engine;

public class PolyglotTests
{
    readonly CSharpSession session = new(AppContext.BaseDirectory);
    readonly RecordedOutput output = new();

    CellResult Run(string cell)
    {
        output.Displays.Clear();
        return session.Execute(cell, output);
    }

    string Text(string cell)
    {
        CellResult result = Run(cell);
        Assert.Null(result.Error?.Message);
        return result.Value!["text/plain"];
    }

    string Shown(string cell, string form = "text/plain")
    {
        Assert.Null(Run(cell).Error?.Message);
        return output.Displays[^1][form];
    }

    [Fact]
    public void Who_lists_the_variables_of_the_language_and_whos_their_types_and_values()
    {
        Run("int first = 1; var second = new List<string> { \"a\" }; int first2 = 7;");
        Run("long first = 2;");
        Assert.Equal("first, second, first2", Shown("#!who"));
        Assert.Equal(
            "first  System.Int64  2\nsecond  System.Collections.Generic.List<System.String>  [ a "
                + "]\nfirst2  System.Int32  7\n",
            Shown("#!whos")
        );
        Assert.Equal("", Shown("#!markdown\n#!who"));
    }

    [Fact]
    public void The_magics_and_languages_are_listed_each_with_a_sentence()
    {
        string list = Shown("#!lsmagic");
        foreach (string name in new[] { "#!set --name --value", "#!share", "#!who", "#!whos", "#!time", "#!lsmagic" })
            Assert.Contains(name, list);
        foreach (string name in new[] { "csharp", "sql", "mermaid", "html", "markdown", "javascript", "value" })
            Assert.Contains("#!" + name, list);
        Assert.All(
            list.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.Matches(@"^#!\S.*  \S", line)
        );
    }

    [Fact]
    public void Recorded_results_answer_in_SQL_and_their_answer_goes_on_to_CSharp_and_back()
    {
        Assert.Equal("long", Text("#!sql\nselect 41 + 1 as x").Contains("42") ? "long" : "?");
        Assert.Contains(
            ">3</td>",
            Run("#!sql --name rows\nselect x, x + 1 as y from range(3) t(x)").Value!["text/html"]
        );
        Assert.Equal(
            "[{\"x\":0,\"y\":1},{\"x\":1,\"y\":2},{\"x\":2,\"y\":3}]",
            Text("#!set --name rows --value @sql:rows\nrows.RootElement.GetRawText()")
        );
        Assert.Equal("3", Text("#!set --name frame --value @sql:rows --byref\nframe.Rows.Count"));
        Assert.Contains(
            "6",
            Text("#!sql\n#!set --name again --value @csharp:frame --byref\nselect sum(y) as total from again")
        );
        Run("double alpha = 0.5; string rule = \"it's\";");
        string answer = Text(
            "#!sql\n#!set --name alpha --value @csharp:alpha\n#!set --name rule --value "
                + "@csharp:rule\nselect getvariable('rule') || getvariable('alpha') as x"
        );
        Assert.Contains("it's0.5", answer);
    }

    [Fact]
    public void SQL_reads_what_is_recorded_and_touches_no_file()
    {
        Assert.Contains("accuracy", Text("#!sql\nselect count(accuracy) as accuracy from results"));
        Assert.Contains("Catalog Error", Run("#!sql\nselect * from nowhere").Error!.Message);
        foreach (
            string question in new[] { "select * from '/etc/passwd'", "copy results to 'here.csv'", "install httpfs" }
        )
            Assert.NotNull(Run("#!sql\n" + question).Error);
        Assert.False(File.Exists("here.csv"));
    }

    [Fact]
    public void A_value_is_stored_as_text_and_read_by_another_language()
    {
        Assert.Equal("a, b\n1, 2", Shown("#!value --name table\na, b\n1, 2"));
        Assert.Equal("2", Text("#!set --name table --value @value:table\ntable.Split('\\n').Length"));
        Assert.Equal("7", Text("#!set --name fixed --value 7\nint.Parse($\"{@fixed}\")"));
        CellError error = Run("int a = 1;\n#!set --name b --value @csharp:nothing\nb").Error!;
        Assert.Equal("Cell[4], line 2: there is no variable 'nothing' in C#", error.Message);
    }

    [Fact]
    public void A_script_gets_values_as_constants_and_no_value_ends_it()
    {
        Run("var names = new[] { \"</script><b>\", \"β\" };");
        string html = Shown(
            "#!javascript\n#!set --name names --value @csharp:names\nconsole.log(names, '</script>');",
            "text/html"
        );
        Assert.Equal(1, html.Split("</script>").Length - 1);
        Assert.EndsWith("</script>", html);
        string constant = html.Split('\n').Single(line => line.StartsWith("const names = ", StringComparison.Ordinal));
        Assert.Equal("</script><b>", (string?)JsonNode.Parse(constant["const names = ".Length..^1])![0]);
    }

    [Fact]
    public void Lines_keep_their_numbers_around_magics_and_a_value_before_one_is_shown()
    {
        Assert.Equal(
            "Cell[1], line 5: late",
            Run("1 + 1\n#!who\n\n#!csharp\nthrow new Exception(\"late\");").Error!.Message
        );
        Assert.Equal(["2", ""], output.Displays.Select(data => data["text/plain"]));
        Assert.StartsWith(
            "Cell[2], line 4: error CS0103",
            Run("int a = 1;\n#!time\n\nint b = nothing;").Error!.Message
        );
        Assert.StartsWith("Cell[3], line 3: error CS0103", Run("#r \"System.Xml.dll\"\n#!who\nnothing").Error!.Message);
    }

    [Fact]
    public void Input_that_a_magic_asks_for_comes_from_the_front_end()
    {
        var asked = new RecordedOutput("Ada");
        CellResult result = session.Execute("#!set --name who --value @input:Name\nwho", asked);
        Assert.Null(result.Error?.Message);
        Assert.Equal("Ada", result.Value!["text/plain"]);
    }

    [Fact]
    public void A_check_passes_over_other_languages() =>
        Assert.Null(session.Check(["#!sql\nselect 1\n#!csharp\nint a = 1;\n#!who", "#!mermaid\nflowchart LR", "a"]));
}
