using System.Security.Cryptography;
using RobustInference.Numerics;
using static TorchSharp.torch;

namespace RobustInference.Clients;

/// <summary>Batches of images as torch tensors: shuffled and augmented for training, in order for inference.</summary>
/// <remarks>Pixels become (v/255 − ½)/½. Training images are cropped at random from a border of four zeros (of the raw
/// image, so −1 after normalisation) and flipped with probability ½. Tensors are [B, 3, 32, 32] views of channel-last
/// memory, which convolutions on a CPU prefer.</remarks>
public sealed class ImageBatches(ImageDataset data) : ILabelledSamples
{
    /// <summary>How far a crop may be moved.</summary>
    public const int Pad = 4;

    const int Side = ImageDataset.Side,
        Channels = ImageDataset.Channels,
        Plane = Side * Side;
    static readonly float[] Normalised = [.. Enumerable.Range(0, 256).Select(v => (v / 255f - 0.5f) / 0.5f)];

    public string Noun => "images";

    /// <summary>The images themselves.</summary>
    public ImageDataset Data => data;

    public int Classes => data.Classes;

    public byte[] Labels => data.Labels;

    public IEnumerable<(Tensor Inputs, Tensor Labels)> Training(int[] indices, int batchSize, Random random) =>
        Plan(indices, batchSize, random).Select(Batch);

    /// <summary>What <see cref="Training"/> makes batches of, drawn as it is asked for.</summary>
    public static IEnumerable<AugmentedBatch> Plan(int[] indices, int batchSize, Random random)
    {
        int[] order = [.. indices];
        random.ShuffleInplace<int>(order);
        for (int from = 0; from < order.Length; from += batchSize)
        {
            int count = Math.Min(batchSize, order.Length - from);
            if (count < 2)
                break;
            yield return AugmentedBatch.Draw(order[from..(from + count)], Pad, random);
        }
    }

    public IEnumerable<(Tensor Inputs, Tensor Labels)> InOrder(int[] indices, int batchSize)
    {
        for (int from = 0; from < indices.Length; from += batchSize)
            yield return Batch(
                AugmentedBatch.Plain(indices[from..(from + Math.Min(batchSize, indices.Length - from))])
            );
    }

    public IEnumerable<(Tensor Inputs, Tensor Labels)> View(int[] indices, int batchSize, Random random)
    {
        for (int from = 0; from < indices.Length; from += batchSize)
            yield return Batch(
                AugmentedBatch.Draw(indices[from..(from + Math.Min(batchSize, indices.Length - from))], Pad, random)
            );
    }

    public void AppendTo(IncrementalHash hash) => data.AppendTo(hash);

    (Tensor Inputs, Tensor Labels) Batch(AugmentedBatch batch)
    {
        var pixels = new float[batch.Count * ImageDataset.ImageBytes];
        var labels = new long[batch.Count];
        for (int i = 0; i < batch.Count; i++)
        {
            labels[i] = data.Labels[batch.Indices[i]];
            var target = pixels.AsSpan(i * ImageDataset.ImageBytes, ImageDataset.ImageBytes);
            Place(data.Image(batch.Indices[i]), target, batch.Down[i], batch.Right[i], batch.Flipped[i]);
        }
        using var flat = tensor(pixels, [batch.Count, Side, Side, Channels]);
        return (flat.permute(0, 3, 1, 2), tensor(labels));
    }

    static void Place(ReadOnlySpan<byte> image, Span<float> target, int dy, int dx, bool flip)
    {
        for (int y = 0; y < Side; y++)
        for (int x = 0; x < Side; x++)
        {
            int fromY = y + dy,
                fromX = (flip ? Side - 1 - x : x) + dx;
            bool inside = (uint)fromY < Side && (uint)fromX < Side;
            int pixel = fromY * Side + fromX,
                at = (y * Side + x) * Channels;
            for (int c = 0; c < Channels; c++)
                target[at + c] = inside ? Normalised[image[c * Plane + pixel]] : Normalised[0];
        }
    }
}
