using RobustInference.Numerics;
using RobustInference.Training;

namespace Tests.RobustInference.Training;

public class CorruptedSubsetsTests
{
    // C(17, m) for m = 0…4.
    static readonly double[] Choices = [1, 17, 136, 680, 2380];

    [Fact]
    public void The_number_of_corrupted_clients_follows_the_authors_mixture()
    {
        const int Draws = 40_000;
        var subsets = new CorruptedSubsets(17, 4);
        var random = RandomStream.Managed(1, "test-subsets");
        var counts = new int[5];
        for (int i = 0; i < Draws; i++)
            counts[subsets.Draw(random).Length]++;
        double chi = 0;
        for (int m = 0; m <= 4; m++)
        {
            double expected = Draws * (0.7 * Choices[m] / Choices.Sum() + 0.3 / 5);
            chi += (counts[m] - expected) * (counts[m] - expected) / expected;
        }
        // Four degrees of freedom: 18.5 is passed once in a thousand.
        Assert.InRange(chi, 0, 18.5);
    }

    [Fact]
    public void Every_client_is_corrupted_as_often_as_any_other()
    {
        const int Draws = 20_000;
        var subsets = new CorruptedSubsets(5, 2);
        var random = RandomStream.Managed(2, "test-subsets");
        var counts = new int[5];
        int total = 0;
        for (int i = 0; i < Draws; i++)
            foreach (int client in subsets.Draw(random))
            {
                counts[client]++;
                total++;
            }
        Assert.All(
            counts,
            count => Assert.InRange(count, total / 5 - 5 * Math.Sqrt(total), total / 5 + 5 * Math.Sqrt(total))
        );
    }

    [Fact]
    public void Positions_are_different_ascending_and_in_range()
    {
        var subsets = new CorruptedSubsets(9, 4);
        var random = RandomStream.Managed(3, "test-subsets");
        for (int i = 0; i < 500; i++)
        {
            int[] drawn = subsets.Draw(random);
            Assert.Equal(drawn.Distinct().Order(), drawn);
            Assert.All(drawn, client => Assert.InRange(client, 0, 8));
        }
    }

    [Fact]
    public void With_f_of_0_nobody_is_ever_corrupted() =>
        Assert.All(
            Enumerable.Range(0, 50),
            seed => Assert.Empty(new CorruptedSubsets(4, 0).Draw(RandomStream.Managed(seed, "test-subsets")))
        );
}
