using RobustInference.Training;
using Workbook.Benchmarks;

namespace Tests.RobustInference.Training;

public class MixedRowsTests
{
    [Theory, InlineData(0.0), InlineData(0.5), InlineData(1.0)]
    public void Every_client_speaks_once_for_a_sample_of_the_class_and_a_share_of_the_samples_is_mixed(double share)
    {
        using var training = SyntheticProbits.Draw(200, 7, 4, seed: 1);
        long[] labels = training.Labels.data<long>().ToArray(),
            samples = [.. Enumerable.Range(0, 200).Select(s => (long)s)];
        var random = new Random(1);
        int mixed = 0,
            draws = 0;
        var last = new HashSet<long>();
        for (int pass = 0; pass < 20; pass++)
        {
            long[] places = new MixedRows(training, share).Draw(samples, random);
            Assert.Equal(200 * 7, places.Length);
            foreach (var (sample, rows) in samples.Zip(places.Chunk(7)))
            {
                Assert.Equal(Enumerable.Range(0, 7).Select(i => (long)i), rows.Select(row => row % 7).Order());
                long[] of = [.. rows.Select(row => row / 7).Distinct()];
                Assert.All(of, s => Assert.Equal(labels[sample], labels[s]));
                Assert.Contains(sample, of);
                Assert.InRange(of.Length, 1, 2);
                mixed += of.Length - 1;
                draws++;
                last.Add(rows[^1] % 7);
            }
        }
        // A sample may meet itself, one time in about fifty.
        Assert.InRange((double)mixed / draws, 0.95 * share - 0.03, share + 0.03);
        Assert.Equal(7, last.Count);
    }

    [Theory, InlineData(0.0), InlineData(1.0)]
    public void Those_that_are_kept_are_different_clients_and_each_is_left_out_equally_often(double share)
    {
        using var training = SyntheticProbits.Draw(200, 7, 4, seed: 1);
        long[] samples = [.. Enumerable.Range(0, 200).Select(s => (long)s)];
        var random = new Random(1);
        var kept = new int[7];
        for (int pass = 0; pass < 20; pass++)
        {
            long[] places = new MixedRows(training, share).Draw(samples, random, 5);
            Assert.Equal(200 * 5, places.Length);
            foreach (long[] rows in places.Chunk(5))
            {
                Assert.Equal(5, rows.Select(row => row % 7).Distinct().Count());
                foreach (long row in rows)
                    kept[row % 7]++;
            }
        }
        // 4,000 samples, 5/7 of them each: a standard deviation is 29.
        Assert.All(kept, times => Assert.InRange(times, 4000 * 5 / 7 - 130, 4000 * 5 / 7 + 130));
    }

    [Fact]
    public void One_client_and_a_class_of_one_sample_are_left_alone()
    {
        using var training = SyntheticProbits.Draw(1, 1, 3, seed: 2);
        Assert.Equal([0L], new MixedRows(training, 1).Draw([0], new Random(1)));
    }
}
