using Workbook.Kernel;

namespace Tests.Workbook.Kernel;

public class PackageTests
{
    readonly RecordedOutput output = new();

    [Fact]
    public void A_package_is_restored_and_its_types_can_be_used()
    {
        var session = new CSharpSession(AppContext.BaseDirectory);
        CellResult result = session.Execute(
            "#r \"nuget: Markdig, 1.6.0\"\nusing Markdig;\nMarkdown.ToHtml(\"*a*\").Trim()",
            output
        );
        Assert.Null(result.Error?.Message);
        Assert.Equal("<p><em>a</em></p>", result.Value!["text/plain"]);
    }

    [Fact]
    public void A_version_that_cannot_be_had_is_said_and_nothing_else_is_taken()
    {
        CellError error = new CSharpSession(AppContext.BaseDirectory)
            .Execute("#r \"nuget: Markdig, 1.5.77\"\n1", output)
            .Error!;
        Assert.Contains("cannot restore Markdig 1.5.77", error.Message);
    }

    [Fact]
    public void A_package_without_a_version_is_refused() =>
        Assert.Contains(
            "write #r \"nuget: Name, Version\"",
            new CSharpSession(AppContext.BaseDirectory).Execute("#r \"nuget: Markdig\"\n1", output).Error!.Message
        );

    [Fact]
    public void A_package_that_brings_others_is_one_reference()
    {
        var session = new CSharpSession(AppContext.BaseDirectory);
        CellResult result = session.Execute(
            "#r \"nuget: Microsoft.Data.Analysis, 0.23.1\"\nusing Microsoft.Data.Analysis;\n"
                + "var column = new DoubleDataFrameColumn(\"x\", new[] { 1.0, 2.0 });\n"
                + "new DataFrame(column).ToArrowRecordBatches().First().Length",
            output
        );
        Assert.Null(result.Error?.Message);
        Assert.Equal("2", result.Value!["text/plain"]);
        Assert.Equal("3", session.Execute("column.Add(1).Sum() is 5.0 ? 3 : 0", output).Value!["text/plain"]);
        Assert.Null(session.Execute("#r \"nuget: Markdig, 1.6.0\"\nMarkdig.Markdown.ToHtml(\"a\")", output).Error);
    }
}
