using System.Security.Cryptography;
using RobustInference.Numerics;
using static TorchSharp.torch;

namespace RobustInference.Clients;

/// <summary>Batches of texts as token numbers, [B, L] of int64, padded with 0 to the longest text of the
/// batch.</summary>
/// <remarks>Training batches are made of texts of like length, so that little is padded: a shuffled pass is cut into
/// pools of 32 batches, each sorted by length, and the batches of a pool come in a random order.</remarks>
public sealed class TextBatches : ILabelledSamples
{
    const int Pool = 32;

    readonly TextDataset data;
    readonly int[][] tokens;

    /// <param name="data">The texts.</param>
    /// <param name="tokenizer">Its vocabulary must be the model's.</param>
    /// <param name="maxLength">Most tokens of a text, markers included; what is longer is cut.</param>
    public TextBatches(TextDataset data, WordPieceTokenizer tokenizer, int maxLength)
    {
        this.data = data;
        tokens = ParallelMap.Run(data.Count, i => tokenizer.Encode(data.Texts[i], maxLength));
    }

    public string Noun => "texts";

    public int Classes => data.Classes;

    public byte[] Labels => data.Labels;

    public IEnumerable<(Tensor Inputs, Tensor Labels)> Training(int[] indices, int batchSize, Random random)
    {
        int[] order = [.. indices];
        random.ShuffleInplace<int>(order);
        // A last batch of one is left out of the pass, not of the sorted pool, so that the same sample is missing as
        // would be of any data.
        int count = order.Length % batchSize == 1 ? order.Length - 1 : order.Length;
        for (int from = 0; from < count; from += Pool * batchSize)
        {
            int[] pool = [.. order[from..Math.Min(from + Pool * batchSize, count)].OrderBy(i => tokens[i].Length)];
            int[][] batches = [.. pool.Chunk(batchSize)];
            random.ShuffleInplace<int[]>(batches);
            foreach (int[] batch in batches)
                yield return Batch(batch);
        }
    }

    public IEnumerable<(Tensor Inputs, Tensor Labels)> InOrder(int[] indices, int batchSize) =>
        indices.Chunk(batchSize).Select(batch => Batch(batch));

    /// <summary>By length: then a batch holds little padding.</summary>
    public int[] CheapestOrder(int[] indices) =>
        [.. Enumerable.Range(0, indices.Length).OrderBy(position => tokens[indices[position]].Length)];

    public void AppendTo(IncrementalHash hash) => data.AppendTo(hash);

    (Tensor, Tensor) Batch(ReadOnlySpan<int> indices)
    {
        int longest = 0;
        foreach (int index in indices)
            longest = Math.Max(longest, tokens[index].Length);
        var padded = new long[indices.Length * longest];
        var labels = new long[indices.Length];
        for (int i = 0; i < indices.Length; i++)
        {
            labels[i] = data.Labels[indices[i]];
            for (int t = 0; t < tokens[indices[i]].Length; t++)
                padded[i * longest + t] = tokens[indices[i]][t];
        }
        return (tensor(padded, [indices.Length, longest]), tensor(labels));
    }
}
