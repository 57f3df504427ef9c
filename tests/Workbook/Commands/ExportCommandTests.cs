using RobustInference.Training;
using Tests.RobustInference.Serving;
using Tests.Workbook.Onnx;

namespace Tests.Workbook.Commands;

public sealed class ExportCommandTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_trained_rule_becomes_a_file_that_names_where_it_is_from()
    {
        string trained = folder.File("rule.safetensors"),
            output = folder.File("new/rule.onnx");
        using var network = ServedRules.NearIdentity(3);
        DeepSetFile.Write(trained, new TrainedDeepSet(network, 2, 1, IsCertified: true));
        foreach (string bounds in new[] { "intervals", "relaxed" })
        {
            var result = WorkbookProcess.Run("aggregator", "export", trained, "--onnx", output, "--bounds", bounds);
            Assert.Equal(
                (0, "", $"{output}: input answers; outputs scores, answer, radius, leads\n"),
                (result.ExitCode, result.Error, result.Output)
            );
            using var rule = new OnnxRule(output);
            Assert.Equal("CertifiedDeepSet", rule.Properties["aggregator"]);
            Assert.Equal(bounds, rule.Properties["bounds"]);
            Assert.Equal(
                Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(trained))),
                rule.Properties["sha256"]
            );
        }
        Assert.Equal([output], Directory.GetFiles(folder.File("new")));
    }

    [Fact]
    public void Calibrated_clients_become_a_file_with_their_number()
    {
        string trained = folder.File("rule.safetensors"),
            output = folder.File("rule.onnx");
        using var calibration = ServedRules.OwnWeights(7, 3);
        CalibratedFile.Write(trained, new TrainedCalibrated(calibration, Trim: 2, 2));
        var result = WorkbookProcess.Run("aggregator", "export", trained, "--onnx", output);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        using var rule = new OnnxRule(output);
        Assert.Equal(
            ("Calibrated CWTM", "7", "3", "2"),
            (
                rule.Properties["aggregator"],
                rule.Properties["clients"],
                rule.Properties["classes"],
                rule.Properties["trim"]
            )
        );
    }

    [Theory]
    [InlineData("CWTM", "--corrupted")]
    [InlineData("GM", "cannot be exported by name")]
    [InlineData("nothing", "no aggregator is called 'nothing'")]
    [InlineData("missing.safetensors", "missing.safetensors")]
    public void What_cannot_be_exported_is_one_line(string rule, string says)
    {
        string output = folder.File("rule.onnx");
        var result = WorkbookProcess.Run("aggregator", "export", rule, "--onnx", output);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(says, Assert.Single(result.Error.TrimEnd('\n').Split('\n')));
        Assert.False(File.Exists(output));
    }
}
