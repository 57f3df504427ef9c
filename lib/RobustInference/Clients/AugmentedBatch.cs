namespace RobustInference.Clients;

/// <summary>Which images make up a batch and how each is cropped and flipped: drawn on the processor, for whichever
/// device makes the batch.</summary>
/// <param name="Indices">B places in the data set.</param>
/// <param name="Down">By how many rows each crop is moved down, −4…4.</param>
/// <param name="Right">By how many columns it is moved to the right.</param>
/// <param name="Flipped">Whether left and right are swapped.</param>
public sealed record AugmentedBatch(int[] Indices, int[] Down, int[] Right, bool[] Flipped)
{
    /// <summary>B.</summary>
    public int Count => Indices.Length;

    /// <summary>Images as they are.</summary>
    public static AugmentedBatch Plain(int[] indices) =>
        new(indices, new int[indices.Length], new int[indices.Length], new bool[indices.Length]);

    /// <summary>Each image moved by up to <paramref name="pad"/> rows and columns, and flipped or not.</summary>
    public static AugmentedBatch Draw(int[] indices, int pad, Random random)
    {
        var batch = Plain(indices);
        for (int i = 0; i < batch.Count; i++)
        {
            batch.Down[i] = random.Next(2 * pad + 1) - pad;
            batch.Right[i] = random.Next(2 * pad + 1) - pad;
            batch.Flipped[i] = random.Next(2) == 1;
        }
        return batch;
    }
}
