using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Certificates;

/// <summary>Where the trimmed mean of every latent coordinate must lie, whatever the corrupted clients send.</summary>
/// <param name="Centre">[B, h] float64.</param>
/// <param name="Radius">[B, h] float64, not negative.</param>
public sealed record LatentBox(Tensor Centre, Tensor Radius) : IDisposable
{
    /// <summary>The box of some samples.</summary>
    /// <param name="samples">int64 indices.</param>
    public LatentBox Select(Tensor samples) => new(Centre.index_select(0, samples), Radius.index_select(0, samples));

    public void Dispose()
    {
        Centre.Dispose();
        Radius.Dispose();
    }
}
