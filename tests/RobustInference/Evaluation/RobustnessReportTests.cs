using CsCheck;
using RobustInference.Evaluation;

namespace Tests.RobustInference.Evaluation;

public class RobustnessReportTests
{
    // Clean 3 of 4; A leaves samples 0 and 1, B samples 0 and 2, and 3 by luck: worst case 2/4, pointwise 1/4.
    static readonly RobustnessReport Report = new(
        "R",
        [true, true, true, false],
        [("A", [true, true, false, false]), ("B", [true, false, true, true])],
        [("Z", [false, false, false, false])]
    );

    [Fact]
    public void By_hand()
    {
        Assert.Equal(0.5, Report.WorstCase);
        Assert.Equal(0.25, Report.PointwiseWorstCase);
        Assert.Equal([true, false, false, false], Report.Survives);
    }

    [Fact]
    public void Figures_stand_in_the_order_of_the_table_and_those_beside_come_last() =>
        Assert.Equal(
            [("Clean", 0.75), ("A", 0.5), ("B", 0.75), ("Worst case", 0.5), ("Pointwise worst case", 0.25), ("Z", 0)],
            Report.Figures()
        );

    [Fact]
    public void Who_is_wrong_without_an_attack_does_not_survive() =>
        Assert.Equal(0, new RobustnessReport("R", [false], [("A", [true])], []).PointwiseWorstCase);

    [Fact]
    public void The_pointwise_worst_case_is_never_above_the_worst_case() =>
        Gen.Select(Gen.Bool.Array[1, 30], Gen.Int[1, 5], Gen.Long)
            .Sample(
                (clean, attacks, seed) =>
                {
                    var random = new Random((int)seed);
                    var report = new RobustnessReport(
                        "R",
                        clean,
                        [
                            .. Enumerable
                                .Range(0, attacks)
                                .Select(a => ($"{a}", clean.Select(_ => random.Next(3) > 0).ToArray())),
                        ],
                        []
                    );
                    Assert.InRange(report.PointwiseWorstCase, 0, report.WorstCase);
                },
                iter: 200
            );
}
