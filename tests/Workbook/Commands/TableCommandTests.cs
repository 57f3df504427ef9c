using System.Text.Json;
using RobustInference.Results;

namespace Tests.Workbook.Commands;

public class TableCommandTests
{
    [Fact]
    public void The_table_of_draws_comes_from_recorded_results()
    {
        Assert.SkipUnless(Directory.Exists(WorkbookFolder.RecordedResults), "no results are recorded");
        var result = WorkbookProcess.Run("table", "draws", "--json");
        Assert.Equal(0, result.ExitCode);
        using var document = JsonDocument.Parse(result.Output);
        var rows = document.RootElement.GetProperty("rows").EnumerateArray().ToArray();
        // Five rules: clean, six attacks, two worst cases.
        Assert.Equal(5 * 9, rows.Length);
        foreach (var row in rows)
        {
            Assert.Equal(5, row.GetProperty("draws").GetArrayLength());
            Assert.InRange(
                row.GetProperty("accuracy").GetDouble(),
                row.GetProperty("low").GetDouble(),
                row.GetProperty("high").GetDouble()
            );
        }
    }

    [Fact]
    public void Only_the_table_of_certificates_can_do_without_attacks()
    {
        var refused = WorkbookProcess.Run("table", "2", "--suite", "none");
        Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("--suite none is for the table certified", refused.Error);
    }
}
