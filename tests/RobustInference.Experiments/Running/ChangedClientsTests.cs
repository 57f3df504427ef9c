using RobustInference.Aggregators;
using RobustInference.Numerics;
using RobustInference.Paper;
using RobustInference.Probits;
using RobustInference.Running;
using Workbook.Benchmarks;
using static TorchSharp.torch;

namespace Tests.RobustInference.Running;

public class ChangedClientsTests
{
    [Fact]
    public void Only_those_that_change_answer_otherwise()
    {
        using var scope = NewDisposeScope();
        using var answers = SyntheticProbits.Draw(80, 5, 4, seed: 2);
        var changed = new ThreatModel(5, [1, 3]);
        var all = ChangedClients.All(answers, changed).ToArray();
        Assert.Equal(4, all.Length);
        foreach (var (change, now) in all)
        {
            Assert.Equal(answers.Labels.Integers(), now.Labels.Integers());
            foreach (int i in new[] { 0, 2, 4 })
                Assert.True(Client(answers, i).equal(Client(now, i)).all().item<bool>(), $"{change}, client {i}");
            Assert.Equal(
                change == "none",
                Client(answers, 1).equal(Client(now, 1)).all().item<bool>()
                    && Client(answers, 3).equal(Client(now, 3)).all().item<bool>()
            );
        }
        var exchanged = all.Single(entry => entry.Change.Contains("places")).Answers;
        Assert.True(Client(answers, 3).equal(Client(exchanged, 1)).all().item<bool>());
        Assert.True(Client(answers, 1).equal(Client(exchanged, 3)).all().item<bool>());
        foreach (var (_, now) in all)
            now.Dispose();

        static Tensor Client(ProbitSet set, int i) => set.Logits.select(1, i);
    }

    [Fact]
    public void The_table_has_a_row_a_change_and_two_columns_a_rule()
    {
        using var answers = SyntheticProbits.Draw(80, 5, 4, seed: 2);
        var table = ChangedClientsTable.Of(
            "Changed",
            answers,
            new ThreatModel(5, [1, 3]),
            new Mean(),
            new GeometricMedian()
        );
        Assert.Equal((5, 4), (table.Columns.Count, table.Rows.Count));
        // The mean does not know who answers: exchanged clients are nothing to it.
        Assert.Equal(table.Rows[0][1].Text, table.Rows[3][1].Text);
        // No certificate is known for the geometric median.
        Assert.Equal("–", table.Rows[0][4].Text);
    }
}
