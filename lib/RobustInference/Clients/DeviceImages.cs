using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Clients;

/// <summary>A data set of images in the memory of a device, where batches are cropped, flipped and normalised: the same
/// numbers as those of <see cref="ImageBatches"/>, and only places travel.</summary>
public sealed class DeviceImages : IDisposable
{
    const int Pad = ImageBatches.Pad,
        Side = ImageDataset.Side,
        Channels = ImageDataset.Channels,
        Padded = Side + 2 * Pad;

    readonly Tensor pixels, // all bytes in a row, every plane with a border of zeros
        labels,
        planes,
        steps;

    /// <param name="data">The images.</param>
    /// <param name="device">Where they go: N·3·40·40 bytes.</param>
    public DeviceImages(ImageDataset data, Device device)
    {
        using var scope = NewDisposeScope();
        using var near = tensor(data.Pixels, [data.Count, Channels, Side, Side], dtype: ScalarType.Byte);
        var all = zeros([data.Count, Channels, Padded, Padded], ScalarType.Byte, device);
        all.narrow(2, Pad, Side).narrow(3, Pad, Side).copy_(near);
        pixels = all.view(-1).DetachFromDisposeScope();
        labels = tensor(data.Labels.Select(label => (long)label).ToArray(), device: device).DetachFromDisposeScope();
        planes = (arange(Channels, ScalarType.Int64, device) * (Padded * Padded))
            .view(1, Channels, 1, 1)
            .DetachFromDisposeScope();
        steps = arange(Side, ScalarType.Int64, device).unsqueeze(0).DetachFromDisposeScope();
    }

    /// <summary>One batch.</summary>
    /// <returns>[B, 3, 32, 32] float32, normalised, and [B] int64.</returns>
    public (Tensor Inputs, Tensor Labels) Batch(AugmentedBatch batch)
    {
        using var scope = NewDisposeScope();
        int count = batch.Count;
        var moves = new long[4 * count];
        for (int i = 0; i < count; i++)
        {
            moves[i] = batch.Indices[i];
            moves[count + i] = batch.Down[i] + Pad;
            // From the right where the image is flipped: x goes from 31 down to 0.
            moves[2 * count + i] = batch.Right[i] + Pad + (batch.Flipped[i] ? Side - 1 : 0);
            moves[3 * count + i] = batch.Flipped[i] ? -1 : 1;
        }
        var drawn = tensor(moves, [4, count, 1], device: pixels.device);
        Tensor rows = drawn[1] + steps,
            columns = drawn[2] + drawn[3] * steps;
        var places =
            drawn[0].view(count, 1, 1, 1) * (Channels * Padded * Padded)
            + planes
            + rows.view(count, 1, Side, 1) * Padded
            + columns.view(count, 1, 1, Side);
        var inputs = pixels
            .index_select(0, places.view(-1))
            .view(count, Channels, Side, Side)
            .to(ScalarType.Float32)
            .div_(255f)
            .sub_(0.5f)
            .div_(0.5f);
        return (inputs.MoveToOuterDisposeScope(), labels.index_select(0, drawn[0].view(-1)).MoveToOuterDisposeScope());
    }

    public void Dispose()
    {
        pixels.Dispose();
        labels.Dispose();
        planes.Dispose();
        steps.Dispose();
    }
}
