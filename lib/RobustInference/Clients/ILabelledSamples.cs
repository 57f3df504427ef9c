using System.Security.Cryptography;
using static TorchSharp.torch;

namespace RobustInference.Clients;

/// <summary>Labelled samples and how they become the tensors that a kind of client reads: all that client training
/// knows of a data set.</summary>
public interface ILabelledSamples
{
    /// <summary>What a sample is, in the plural: images, texts.</summary>
    string Noun { get; }

    /// <summary>K.</summary>
    int Classes { get; }

    /// <summary>N labels in 0…K−1.</summary>
    byte[] Labels { get; }

    /// <summary>One pass over the samples of <paramref name="indices"/> in an order that <paramref name="random"/>
    /// draws, augmented where that is meant. A last batch of one sample is left out: it has no variance for a batch
    /// norm.</summary>
    IEnumerable<(Tensor Inputs, Tensor Labels)> Training(int[] indices, int batchSize, Random random);

    /// <summary>The samples of <paramref name="indices"/>, unchanged and in order.</summary>
    IEnumerable<(Tensor Inputs, Tensor Labels)> InOrder(int[] indices, int batchSize);

    /// <summary>A view: the samples of <paramref name="indices"/> in order, each augmented as in training.</summary>
    /// <exception cref="NotSupportedException">Such samples are not augmented.</exception>
    IEnumerable<(Tensor Inputs, Tensor Labels)> View(int[] indices, int batchSize, Random random) =>
        throw new NotSupportedException($"{Noun} are not augmented, so there are no views of them");

    /// <summary>Positions in <paramref name="indices"/> in the order in which their inference costs least.</summary>
    int[] CheapestOrder(int[] indices) => [.. Enumerable.Range(0, indices.Length)];

    /// <summary>Adds labels and samples to <paramref name="hash"/>, by which a folder of trained clients knows its data
    /// again.</summary>
    void AppendTo(IncrementalHash hash);
}
