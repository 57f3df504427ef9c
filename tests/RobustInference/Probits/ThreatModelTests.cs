using RobustInference.Probits;
using Tests.RobustInference.Certificates;

namespace Tests.RobustInference.Probits;

public class ThreatModelTests
{
    [Fact]
    public void Other_sizes_of_a_draw_are_the_draws_of_that_size()
    {
        for (int f = 0; f <= 8; f++)
            Assert.Equal(ThreatModel.Draw(17, f, 3).Corrupted, ThreatModel.Draw(17, 4, 3).Resized(f, 3).Corrupted);
    }

    [Fact]
    public void Other_sizes_of_a_given_set_hold_each_other()
    {
        var given = new ThreatModel(9, [8, 2]);
        var sizes = Enumerable.Range(0, 5).Select(f => given.Resized(f, 0).Corrupted).ToArray();
        Assert.Equal([2, 8], sizes[2]);
        for (int f = 1; f < 5; f++)
        {
            Assert.Equal(f, sizes[f].Count);
            Assert.Empty(sizes[f - 1].Except(sizes[f]));
        }
        Assert.Throws<ArgumentException>(() => given.Resized(5, 0));
    }

    [Fact]
    public void Answers_of_another_number_of_clients_do_not_fit()
    {
        using var answers = Ensembles.Draw(1, 2, 5, 3);
        new ThreatModel(5, [1]).CheckFits(answers);
        Assert.Equal(
            "the threat model has 6 clients, the answers have 5",
            Assert.Throws<ArgumentException>(() => new ThreatModel(6, [1]).CheckFits(answers)).Message
        );
    }
}
