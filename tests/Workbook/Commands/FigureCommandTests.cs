using System.Text.Json;

namespace Tests.Workbook.Commands;

/// <summary>On the results that came with the repository, so that nothing is trained here.</summary>
public class FigureVerbTests
{
    sealed record Row(string Aggregator, string Attack, int Corrupted, double? Amplification, double Accuracy);

    static Row[] Rows(string figure)
    {
        var result = WorkbookProcess.Run("figure", figure, "--seeds", "0", "--json");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return
        [
            .. JsonDocument
                .Parse(result.Output)
                .RootElement.GetProperty("rows")
                .EnumerateArray()
                .Select(row => new Row(
                    row.GetProperty("aggregator").GetString()!,
                    row.GetProperty("attack").GetString()!,
                    row.GetProperty("corrupted").GetInt32(),
                    row.GetProperty("amplification") is { ValueKind: JsonValueKind.Number } a ? a.GetDouble() : null,
                    row.GetProperty("accuracy").GetDouble()
                )),
        ];
    }

    [Theory, InlineData("2"), InlineData("4")]
    public void Amplified_lies_bring_down_the_rules_over_logits_and_not_DeepSet_TM(string figure)
    {
        var rows = Rows(figure);
        Assert.Equal(3 * 16 + 2, rows.Length);
        // Lies over logits have no bound: nothing is left of either rule.
        Assert.Equal(
            [("COPUR", 4, 0), ("Manifold projection", 4, 0)],
            rows.Where(row => row.Attack == "Strong suite")
                .Select(row => (row.Aggregator, row.Corrupted, row.Accuracy))
                .Order()
        );
        double[] ByAmplification(string rule) =>
            [
                .. rows.Where(row => row.Aggregator == rule && row is { Attack: "Logit flipping", Corrupted: 1 })
                    .OrderBy(row => row.Amplification)
                    .Select(row => row.Accuracy),
            ];
        double[] ByLiars(string rule) =>
            [
                .. rows.Where(row => row.Aggregator == rule && row is { Attack: "Logit flipping", Amplification: 2 })
                    .OrderBy(row => row.Corrupted)
                    .Select(row => row.Accuracy),
            ];
        double Clean(string rule, int corrupted) =>
            rows.Single(row => row.Aggregator == rule && row.Attack == "Clean" && row.Corrupted == corrupted).Accuracy;
        foreach (
            double[] falling in new[]
            {
                ByAmplification("COPUR"),
                ByLiars("COPUR"),
                ByAmplification("Manifold projection"),
            }
        )
            Assert.Equal([.. falling.OrderDescending()], falling);
        foreach (string rule in new[] { "COPUR", "Manifold projection" })
        {
            // Nearly at chance, 10 %, with an amplification of 16.
            Assert.InRange(ByAmplification(rule)[^1], 0, 0.2);
            Assert.True(
                ByLiars(rule)[^1] < Clean(rule, 4) - 0.25,
                $"{rule}: {Clean(rule, 4)} clean, {ByLiars(rule)[^1]} under four liars"
            );
        }
        Assert.All(
            ByAmplification("DeepSet-TM"),
            accuracy => Assert.InRange(accuracy, Clean("DeepSet-TM", 1) - 0.03, 1)
        );
        // What f itself costs is seen where nobody lies; the lie costs seven points at most, for α = 0.3 and four
        // liars.
        foreach (int f in new[] { 1, 2, 3, 4 })
            Assert.InRange(ByLiars("DeepSet-TM")[f - 1], Clean("DeepSet-TM", f) - 0.08, 1);
    }

    [Fact]
    public void The_drawing_goes_into_the_file_that_is_named()
    {
        using var folder = new TemporaryFolder();
        var result = WorkbookProcess.Run("figure", "2", "--seeds", "0", "--out", folder.File("figure.svg"));
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("Logit flipping, f = 1, a = 16", result.Output);
        Assert.Contains("Manifold projection", File.ReadAllText(folder.File("figure.svg")));
    }
}
