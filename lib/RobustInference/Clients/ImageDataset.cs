using System.Security.Cryptography;

namespace RobustInference.Clients;

/// <summary>Labelled 32×32 colour images in memory.</summary>
/// <param name="Name">Short name, such as <c>cifar10</c>.</param>
/// <param name="Classes">Number of classes K.</param>
/// <param name="Pixels">N·3·32·32 bytes, image by image, channel by channel, row by row.</param>
/// <param name="Labels">N labels in 0…K−1.</param>
public sealed record ImageDataset(string Name, int Classes, byte[] Pixels, byte[] Labels)
{
    public const int Channels = 3,
        Side = 32,
        ImageBytes = Channels * Side * Side;

    public int Count => Labels.Length;

    /// <summary>The bytes of one image.</summary>
    public ReadOnlySpan<byte> Image(int index) => Pixels.AsSpan(index * ImageBytes, ImageBytes);

    /// <summary>Adds labels and pixels to <paramref name="hash"/>.</summary>
    public void AppendTo(IncrementalHash hash)
    {
        hash.AppendData(Labels);
        hash.AppendData(Pixels);
    }
}
