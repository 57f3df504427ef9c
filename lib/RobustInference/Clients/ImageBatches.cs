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
    const int Pad = 4,
        Side = ImageDataset.Side,
        Channels = ImageDataset.Channels,
        Plane = Side * Side;
    static readonly float[] Normalised = [.. Enumerable.Range(0, 256).Select(v => (v / 255f - 0.5f) / 0.5f)];

    public string Noun => "images";

    public int Classes => data.Classes;

    public byte[] Labels => data.Labels;

    public IEnumerable<(Tensor Inputs, Tensor Labels)> Training(int[] indices, int batchSize, Random random)
    {
        int[] order = [.. indices];
        random.ShuffleInplace<int>(order);
        for (int from = 0; from < order.Length; from += batchSize)
        {
            int count = Math.Min(batchSize, order.Length - from);
            if (count < 2)
                break;
            yield return Batch(order.AsSpan(from, count), random);
        }
    }

    public IEnumerable<(Tensor Inputs, Tensor Labels)> InOrder(int[] indices, int batchSize)
    {
        for (int from = 0; from < indices.Length; from += batchSize)
            yield return Batch(indices.AsSpan(from, Math.Min(batchSize, indices.Length - from)), null);
    }

    public void AppendTo(IncrementalHash hash) => data.AppendTo(hash);

    (Tensor, Tensor) Batch(ReadOnlySpan<int> indices, Random? augment)
    {
        var pixels = new float[indices.Length * ImageDataset.ImageBytes];
        var labels = new long[indices.Length];
        for (int i = 0; i < indices.Length; i++)
        {
            labels[i] = data.Labels[indices[i]];
            var target = pixels.AsSpan(i * ImageDataset.ImageBytes, ImageDataset.ImageBytes);
            int dy = augment is null ? 0 : augment.Next(2 * Pad + 1) - Pad,
                dx = augment is null ? 0 : augment.Next(2 * Pad + 1) - Pad;
            bool flip = augment is not null && augment.Next(2) == 1;
            Place(data.Image(indices[i]), target, dy, dx, flip);
        }
        using var flat = tensor(pixels, [indices.Length, Side, Side, Channels]);
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
