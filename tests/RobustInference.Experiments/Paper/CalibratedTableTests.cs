using RobustInference.Aggregators;
using RobustInference.Networks;
using RobustInference.Paper;
using RobustInference.Probits;
using static TorchSharp.torch;

namespace Tests.RobustInference.Paper;

public class CalibratedTableTests
{
    /// <summary>Three clients, of which the last means the other class: turned round, one liar changes
    /// nothing.</summary>
    [Fact]
    public void Rules_stand_before_and_after()
    {
        float[] rows = [1, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 0];
        using var answers = ProbitSet.FromProbits("x", rows, [2, 3, 2], [0, 1]);
        using var calibration = new ClientCalibration(3, 2);
        using (no_grad())
            calibration.Weight[2].copy_(tensor(new float[] { 0, 1, 1, 0 }, [2, 2]));
        var table = CalibratedTable.Of(
            "Before and after",
            answers,
            calibration,
            new ThreatModel(3, [0]),
            new CoordinateWiseMedian(),
            new Mean()
        );
        Assert.Equal(
            ["CWMed", "100.0", "0.0", "0.0", "100.0", "100.0", "100.0"],
            table.Rows[0].Select(cell => cell.Text)
        );
        Assert.Equal("Mean", table.Rows[1][0].Text);
        Assert.Contains("0.47 before, 0.00 after", table.Notes[1]);
    }

    [Fact]
    public void A_rule_without_a_certificate_is_refused_by_name()
    {
        using var answers = ProbitSet.FromProbits("x", [1, 0, 0, 1, 1, 0], [1, 3, 2], [0]);
        using var calibration = new ClientCalibration(3, 2);
        Assert.Contains(
            "GM: has no certificate",
            Assert
                .Throws<ArgumentException>(() =>
                    CalibratedTable.Of("x", answers, calibration, new ThreatModel(3, [0]), new GeometricMedian())
                )
                .Message
        );
    }
}
