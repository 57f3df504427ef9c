using CsCheck;
using RobustInference.Clients;

namespace Tests.RobustInference.Clients;

public class DirichletPartitionTests
{
    // Sizes at which a split with every client served is soon found.
    static readonly Gen<(byte[] Labels, int Classes, int Clients, double Alpha, int Seed)> AnyPartition = Gen.Select(
            Gen.Int[2, 5],
            Gen.Int[1, 6],
            Gen.Double[0.3, 3],
            Gen.Int[0, 1000],
            Gen.Int[40, 80]
        )
        .Select(
            (classes, clients, alpha, seed, each) =>
            {
                var random = new Random(seed);
                byte[] labels =
                [
                    .. Enumerable.Range(0, each * clients * classes).Select(_ => (byte)random.Next(classes)),
                ];
                return (labels, classes, clients, alpha, seed);
            }
        );

    static DirichletPartition Draw((byte[] Labels, int Classes, int Clients, double Alpha, int Seed) x) =>
        DirichletPartition.Draw(x.Labels, x.Classes, x.Clients, x.Alpha, x.Seed);

    [Fact]
    public void Every_sample_goes_to_one_client_or_to_the_server() =>
        AnyPartition.Sample(
            x =>
            {
                var partition = Draw(x);
                Assert.Equal(x.Clients, partition.Clients.Length);
                Assert.Equal(
                    Enumerable.Range(0, x.Labels.Length),
                    partition.Clients.SelectMany(share => share).Concat(partition.Server).Order()
                );
            },
            iter: 200
        );

    [Fact]
    public void The_server_gets_a_tenth_of_every_share_rounded_down_and_every_share_has_a_sample_a_class() =>
        AnyPartition.Sample(
            x =>
            {
                var partition = Draw(x);
                // A client keeps s − ⌊s/10⌋ of s samples; where two s fit (9 is left of 9 and of 10), either may be
                // meant.
                int[][] possible =
                [
                    .. partition.Clients.Select(own =>
                        Enumerable
                            .Range(own.Length, own.Length / 9 + 1)
                            .Where(s => s >= x.Classes && s - s / 10 == own.Length)
                            .Select(s => s / 10)
                            .ToArray()
                    ),
                ];
                Assert.All(possible, held => Assert.NotEmpty(held));
                Assert.InRange(
                    partition.Server.Length,
                    possible.Sum(held => held.Min()),
                    possible.Sum(held => held.Max())
                );
            },
            iter: 200
        );

    [Fact]
    public void Who_holds_more_than_an_equal_share_gets_no_more_of_the_next_class() =>
        AnyPartition.Sample(
            x =>
            {
                foreach (int[] own in Draw(x).Clients)
                    for (int k = 1; k < x.Classes; k++)
                        if (own.Count(i => x.Labels[i] < k) > (double)x.Labels.Length / x.Clients)
                            Assert.DoesNotContain(own, i => x.Labels[i] == k);
            },
            iter: 200
        );

    [Fact]
    public void The_same_seed_draws_the_same_and_another_seed_another() =>
        AnyPartition.Sample(
            x =>
            {
                var (one, two, other) = (Draw(x), Draw(x), Draw(x with { Seed = x.Seed + 1 }));
                Assert.Equal(one.Clients, two.Clients);
                Assert.Equal(one.Server, two.Server);
                Assert.NotEqual(one.Server, other.Server);
            },
            iter: 50
        );

    [Fact]
    public void A_smaller_concentration_is_more_heterogeneous()
    {
        byte[] labels = [.. Enumerable.Range(0, 5000).Select(i => (byte)(i % 10))];
        double Unevenness(double alpha) =>
            Enumerable
                .Range(0, 5)
                .Average(seed =>
                    DirichletPartition
                        .Draw(labels, 10, 10, alpha, seed)
                        .Clients.Average(own =>
                            own.GroupBy(i => labels[i]).Max(group => group.Count()) / (double)own.Length
                        )
                );
        Assert.True(Unevenness(0.1) > Unevenness(0.5) + 0.05);
        Assert.True(Unevenness(0.5) > Unevenness(100) + 0.05);
    }

    [Fact]
    public void With_a_very_large_concentration_shares_are_nearly_equal()
    {
        byte[] labels = [.. Enumerable.Range(0, 5000).Select(i => (byte)(i % 10))];
        Assert.All(
            DirichletPartition.Draw(labels, 10, 10, 1e6, 0).Clients,
            own => Assert.InRange(own.Length, 430, 470)
        );
    }

    [Theory]
    [InlineData(0, 1.0), InlineData(3, 0.0), InlineData(3, -1.0), InlineData(3, double.NaN), InlineData(51, 1.0)]
    public void Numbers_that_make_no_partition_are_refused(int clients, double alpha) =>
        Assert.Throws<ArgumentException>(() => DirichletPartition.Draw(new byte[100], 2, clients, alpha, 0));

    [Fact]
    public void A_split_that_cannot_be_found_is_given_up_with_a_reason()
    {
        // One class of two samples: ten clients cannot all have one of each.
        byte[] labels = [.. new byte[20]];
        var refused = Assert.Throws<InvalidOperationException>(() => DirichletPartition.Draw(labels, 2, 10, 0.01, 0));
        Assert.Contains("20 samples among 10 clients", refused.Message);
    }
}
