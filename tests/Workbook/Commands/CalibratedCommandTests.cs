using RobustInference.Probits;
using RobustInference.Training;
using Tests.RobustInference.Probits;

namespace Tests.Workbook.Commands;

public sealed class CalibratedCommandTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static Outcome Train(string file, string output, params string[] more)
    {
        string[] arguments =
        [
            "aggregator",
            "train",
            file,
            "--corrupted",
            "1",
            "--kind",
            "calibrated",
            "--out",
            output,
            .. more,
        ];
        var result = WorkbookProcess.Run(arguments);
        return new(result.ExitCode, result.Output, string.Concat(result.Remarks));
    }

    sealed record Outcome(int ExitCode, string Output, string Remarks);

    [Fact]
    public void A_median_of_calibrated_clients_is_trained_measured_and_certified()
    {
        string file = BrokenProbitFiles.WriteSound(folder.Path),
            output = folder.File("calibrated.safetensors");
        var result = Train(file, output, "--held-out", "0.4", "--sharpness", "2");
        Assert.Equal((0, ""), (result.ExitCode, result.Remarks));
        Assert.StartsWith($"{output}: Calibrated CWMed, certified ", result.Output);
        Assert.Contains("classes answered", result.Output);
        Assert.Equal((null, 1), (CalibratedFile.Read(output).Trim, CalibratedFile.Read(output).Corrupted));
        var certified = WorkbookProcess.Run("certify", file, "--corrupted", "2", "--aggregator", output);
        Assert.Equal(0, certified.ExitCode);
        Assert.Contains("Calibrated CWMed", certified.Output);
        // The same median serves every f, and nothing is to be said about that.
        Assert.DoesNotContain("was trained for", string.Concat(certified.Remarks));
    }

    [Fact]
    public void With_a_trim_it_is_a_trimmed_mean()
    {
        string file = BrokenProbitFiles.WriteSound(folder.Path),
            output = folder.File("calibrated.safetensors");
        var result = Train(file, output, "--trim", "1");
        Assert.Equal(
            (0, $"{output}: Calibrated CWTM, calibrated on all validation data\n"),
            (result.ExitCode, result.Output)
        );
        Assert.Equal(1, CalibratedFile.Read(output).Trim);
        var refused = Train(file, output, "--trim", "9");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("--trim is 9", refused.Remarks);
    }
}
