using System.Globalization;
using System.Text.Json;
using RobustInference.Results;

namespace Tests.Workbook.Benchmarks;

/// <summary>The figures of <c>docs/gpu.md</c> are those that the benchmark printed on the machine that it
/// names.</summary>
public class DeviceFiguresTests
{
    [Fact]
    public void Every_figure_of_the_page_is_recorded()
    {
        string page = File.ReadAllText(Path.Combine(WorkbookFolder.Root, "docs", "gpu.md"));
        using var recorded = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(WorkbookFolder.Root, "data", "results", "devices", "nvidia-h200.json"))
        );
        var rows = recorded.RootElement.GetProperty("rows").EnumerateArray().ToArray();
        Assert.Equal(19, rows.Length);
        foreach (var row in rows)
        {
            double value = row.GetProperty("value").GetDouble();
            string figure =
                row.GetProperty("unit").GetString() == "x"
                    ? value.ToString("0.0", CultureInfo.InvariantCulture) + " ×"
                    : value.ToString("N0", CultureInfo.InvariantCulture);
            Assert.Contains($"| {figure} |", page);
        }
        var ensemble = recorded.RootElement.GetProperty("ensemble");
        Assert.Contains(ensemble.GetProperty("sha256").GetString()![..8], page);
        double seconds = ensemble.GetProperty("seconds").GetDouble(),
            perHour = 3600 * ensemble.GetProperty("clients").GetInt32() / seconds;
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"took {seconds:0.0} s"), page);
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"{10 * Math.Round(perHour / 10):0} clients"),
            page
        );
        double mean = 100 * ensemble.GetProperty("mean_accuracy").GetDouble();
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"right for {mean:0.0} %"), page);
    }
}
