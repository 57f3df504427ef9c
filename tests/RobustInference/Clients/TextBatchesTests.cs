using CsCheck;
using RobustInference.Clients;
using RobustInference.Numerics;

namespace Tests.RobustInference.Clients;

public class TextBatchesTests
{
    static readonly WordPieceTokenizer Tokenizer = new(new Vocabulary([.. Vocabulary.Markers, "a"]));

    /// <summary>Text i has i modulo 10 words and label i modulo 7.</summary>
    static TextBatches Batches(int count, int maxLength = 64) =>
        new(
            new TextDataset(
                "x",
                7,
                [.. Enumerable.Range(0, count).Select(i => string.Join(' ', Enumerable.Repeat("a", i % 10)))],
                [.. Enumerable.Range(0, count).Select(i => (byte)(i % 7))]
            ),
            Tokenizer,
            maxLength
        );

    static List<(long[] Labels, long[] Shape, long[] Tokens)> All(
        IEnumerable<(TorchSharp.torch.Tensor Inputs, TorchSharp.torch.Tensor Labels)> batches
    )
    {
        var all = new List<(long[], long[], long[])>();
        foreach (var (inputs, labels) in batches)
            using (inputs)
            using (labels)
                all.Add((labels.Integers(), inputs.shape, inputs.Integers()));
        return all;
    }

    [Fact]
    public void Texts_are_padded_with_0_to_the_longest_of_their_batch()
    {
        var (labels, shape, tokens) = All(Batches(4).InOrder([0, 3, 1], 8)).Single();
        Assert.Equal([0, 3, 1], labels);
        Assert.Equal([3, 5], shape);
        Assert.Equal([2, 3, 0, 0, 0, 2, 5, 5, 5, 3, 2, 5, 3, 0, 0], tokens);
    }

    [Fact]
    public void A_longer_text_than_the_longest_allowed_is_cut() =>
        Assert.Equal([1, 4], All(Batches(10, maxLength: 4).InOrder([9], 1)).Single().Shape);

    [Fact]
    public void A_pass_shows_every_text_once_but_a_last_one_alone_and_makes_as_many_batches_as_any_data_would() =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[2, 9], Gen.Int[0, 1000])
            .Sample(
                (count, batchSize, seed) =>
                {
                    // Labels that tell texts apart.
                    var data = new TextDataset(
                        "x",
                        256,
                        [.. Enumerable.Range(0, count).Select(i => string.Join(' ', Enumerable.Repeat("a", i % 10)))],
                        [.. Enumerable.Range(0, count).Select(i => (byte)i)]
                    );
                    var batches = All(
                        new TextBatches(data, Tokenizer, 64).Training(
                            [.. Enumerable.Range(0, count)],
                            batchSize,
                            RandomStream.Managed(seed, "test")
                        )
                    );
                    int shown = count % batchSize == 1 ? count - 1 : count;
                    Assert.Equal(shown, batches.Sum(batch => batch.Labels.Length));
                    if (count <= 256)
                        Assert.Equal(shown, batches.SelectMany(batch => batch.Labels).Distinct().Count());
                    Assert.Equal(count / batchSize + (count % batchSize >= 2 ? 1 : 0), batches.Count);
                    Assert.All(batches, batch => Assert.InRange(batch.Labels.Length, 2, batchSize));
                },
                iter: 100
            );

    [Fact]
    public void A_batch_holds_texts_of_like_length_and_lengths_come_in_no_order()
    {
        var batches = All(Batches(2000).Training([.. Enumerable.Range(0, 2000)], 10, RandomStream.Managed(0, "test")));
        long padded = batches.Sum(batch => batch.Tokens.Count(token => token == 0)),
            all = batches.Sum(batch => batch.Tokens.LongLength);
        Assert.InRange(padded / (double)all, 0, 0.08);
        long[] lengths = [.. batches.Select(batch => batch.Shape[1])];
        Assert.InRange(lengths.Zip(lengths.Skip(1)).Count(pair => pair.First > pair.Second), 50, 150);
    }

    [Fact]
    public void The_stream_decides_the_order()
    {
        long[] Labels(long seed) =>
            [
                .. All(Batches(100).Training([.. Enumerable.Range(0, 100)], 8, RandomStream.Managed(seed, "test")))
                    .SelectMany(batch => batch.Labels),
            ];
        Assert.Equal(Labels(0), Labels(0));
        Assert.NotEqual(Labels(0), Labels(1));
    }

    [Fact]
    public void The_cheapest_order_is_a_permutation_by_length()
    {
        int[] indices = [9, 3, 10, 5, 0];
        Assert.Equal([2, 4, 1, 3, 0], Batches(11).CheapestOrder(indices));
    }
}
