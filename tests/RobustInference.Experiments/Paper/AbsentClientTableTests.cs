using RobustInference.Aggregators;
using RobustInference.Networks;
using RobustInference.Paper;
using RobustInference.Probits;

namespace Tests.RobustInference.Paper;

public class AbsentClientTableTests
{
    // Two sure clients and one that says the opposite, twice; labels 0 and 1.
    static readonly float[] Rows = [1, 0, 0.9f, 0.1f, 0, 1, 0.1f, 0.9f, 0, 1, 1, 0];

    [Fact]
    public void Each_client_is_left_out_once_and_counts_among_the_corrupted()
    {
        using var answers = ProbitSet.FromProbits("x", Rows, [2, 3, 2], [0, 1]);
        var row = AbsentClientTable.Of("One absent", answers, corrupted: 1, new Mean()).Rows[0];
        // With all three the sums are 1.9 to 1.1: right, and a single row of the three can turn it.
        // Without a sure client it is a tie or 0.9 to 1.1, without the opponent 1.9 to 0.1, which no third row turns.
        Assert.Equal(["Mean", "100.0", "33.3", "0.0", "0.0", "33.3"], row.Select(cell => cell.Text));
    }

    [Fact]
    public void Calibrated_clients_are_left_out_too()
    {
        using var answers = ProbitSet.FromProbits("x", Rows, [2, 3, 2], [0, 1]);
        // Equal weights for all, which change next to nothing.
        using var rule = new Calibrated(new ClientCalibration(3, 2), new Mean());
        var row = AbsentClientTable.Of("One absent", answers, corrupted: 1, rule).Rows[0];
        Assert.Equal(["Calibrated Mean", "100.0", "33.3", "0.0", "0.0", "33.3"], row.Select(cell => cell.Text));
    }

    [Fact]
    public void A_rule_that_needs_every_row_is_refused_by_name()
    {
        using var answers = ProbitSet.FromProbits("x", Rows, [2, 3, 2], [0, 1]);
        var e = Assert.Throws<ArgumentException>(() =>
            AbsentClientTable.Of("One absent", answers, 1, new GeometricMedian())
        );
        Assert.Equal("GM: does not answer where a client is absent", e.Message);
    }
}
