using System.Globalization;
using RobustInference.Files;
using RobustInference.Probits;
using RobustInference.Serving;
using RobustInference.Training;
using Tests.RobustInference.Aggregators;
using Tests.Workbook;
using Tests.Workbook.Onnx;

namespace Tests.RobustInference.Serving;

/// <summary>The file's layout as <c>docs/serving.md</c> has it: a program in numpy finds the scores that the library
/// and ONNX Runtime find.</summary>
public sealed class NumpyTests
{
    [Theory]
    [InlineData("DeepSet-TM")]
    [InlineData("CertifiedDeepSet")]
    [InlineData("CertifiedVote")]
    [InlineData("Calibrated CWMed")]
    [InlineData("Calibrated CWTM")]
    public void A_program_in_numpy_finds_the_scores_of_the_file(string name)
    {
        Outside.NeedsPython("numpy", "python3-numpy");
        using var folder = new TemporaryFolder();
        string file = folder.File("rule.safetensors"),
            answers = folder.File("answers.npz");
        using var square = ServedRules.NearIdentity(4, hidden: 9, decoder: 9);
        using var deepSet = ServedRules.NearIdentity(4);
        using var vote = ServedRules.OwnClass(7, 4, members: 3);
        using var calibration = ServedRules.OwnWeights(7, 4);
        switch (name)
        {
            case "DeepSet-TM":
                DeepSetFile.Write(file, square, 2);
                break;
            case "CertifiedDeepSet":
                DeepSetFile.Write(file, new TrainedDeepSet(deepSet, 3, 1, IsCertified: true));
                break;
            case "Calibrated CWMed":
                CalibratedFile.Write(file, new TrainedCalibrated(calibration, Trim: null, 3));
                break;
            case "Calibrated CWTM":
                CalibratedFile.Write(file, new TrainedCalibrated(calibration, Trim: 2, 2));
                break;
            default:
                CertifiedVoteFile.Write(file, new TrainedVote(vote, 2, Adversary.Any));
                break;
        }
        using var drawn = EveryRule.Rows(2, 50, 7, 4);
        float[] rows = drawn.data<float>().ToArray();
        Npz.Write(answers, [new("probits", NumpyArray.Float32(rows, 50, 7, 4))]);
        var (exit, output) = Outside.Run(
            Outside.Python,
            [Path.Combine(Outside.Root, "docs", "score.py"), file, answers]
        );
        Assert.True(exit == 0, output);
        double[] scores =
        [
            .. output
                .Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries)
                .Select(text => double.Parse(text, CultureInfo.InvariantCulture)),
        ];
        Assert.Equal(200, scores.Length);
        var rule = ServedRule.Read(file);
        using var exported = OnnxRule.Of(folder, rule);
        double[] run = exported.Run(rows, 7, 4).Scores;
        for (int i = 0; i < scores.Length; i++)
        {
            double own = rule.Answer(rows.AsSpan(i / 4 * 28, 28), 7, 4).Scores[i % 4];
            Assert.Equal(scores[i], own, 1e-6);
            // Calibrated rows are rounded to float32.
            Assert.Equal(
                scores[i],
                run[i],
                (name.StartsWith("Calibrated") ? 1e-7 : 1e-10) * Math.Max(1, Math.Abs(own))
            );
        }
    }
}
