using RobustInference.Numerics;
using RobustInference.Training;
using Workbook.Benchmarks;

namespace Tests.RobustInference.Training;

public class MixedClientsTests
{
    [Theory, InlineData(0.0), InlineData(0.5), InlineData(1.0)]
    public void Every_client_keeps_its_place_and_answers_a_sample_of_the_class(double share)
    {
        using var training = SyntheticProbits.Draw(200, 5, 3, seed: 1);
        long[] labels = training.Labels.data<long>().ToArray();
        long[] samples = [.. Enumerable.Range(0, 200).Select(s => (long)s)];
        long[] places = new MixedClients(training, share).Draw(samples, RandomStream.Managed(1, "test-mixed"));
        int mixed = 0;
        for (int s = 0; s < 200; s++)
        {
            long[] own = [.. Enumerable.Range(0, 5).Select(i => places[s * 5 + i])];
            for (int i = 0; i < 5; i++)
            {
                Assert.Equal(i, own[i] % 5);
                Assert.Equal(labels[s], labels[own[i] / 5]);
            }
            Assert.InRange(own.Select(place => place / 5).Distinct().Count(), 1, 2);
            mixed += own.Any(place => place / 5 != s) ? 1 : 0;
        }
        // A drawn other may be the sample itself, and no client may be taken from it.
        Assert.InRange(mixed, 0.7 * share * 200, (share + 0.1) * 200);
    }
}
