using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Training;

/// <summary>The losses of a pass, added up where they are: a GPU is not stopped after every batch to read one
/// number.</summary>
public sealed class LossSum : IDisposable
{
    double near;
    Tensor? far;

    /// <summary>Adds a batch.</summary>
    /// <param name="loss">Its mean loss, one float32.</param>
    /// <param name="samples">How many it is of.</param>
    public void Add(Tensor loss, int samples)
    {
        if (loss.IsOnHost())
        {
            near += loss.item<float>() * samples;
            return;
        }
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        far ??= zeros([], ScalarType.Float64, loss.device).DetachFromDisposeScope();
        far.add_(loss.detach().to(ScalarType.Float64), alpha: samples);
    }

    /// <summary>The sum over all samples; NaN where a loss was.</summary>
    public double Total
    {
        get
        {
            if (far is null)
                return near;
            using var read = far.cpu();
            return near + read.item<double>();
        }
    }

    public void Dispose() => far?.Dispose();
}
