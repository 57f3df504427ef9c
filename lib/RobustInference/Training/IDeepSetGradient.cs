using RobustInference.Networks;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Training;

/// <summary>The cross-entropy of a DeepSet and its gradient with respect to the weights.</summary>
public interface IDeepSetGradient : IDisposable
{
    /// <summary>Works both out and writes the gradient down at the network's parameters, in place of the one that they
    /// had.</summary>
    /// <param name="network">Whose.</param>
    /// <param name="answers">[B, n, K].</param>
    /// <param name="labels">[B].</param>
    /// <returns>The mean cross-entropy.</returns>
    Tensor Write(DeepSetNetwork network, Tensor answers, Tensor labels);

    /// <summary>The fastest one for a network and batches where they lie: written out for float32 on a processor with
    /// vectors, by autograd elsewhere.</summary>
    /// <param name="network">Whose.</param>
    /// <param name="answers">A batch as large as any, [B, n, K].</param>
    static IDeepSetGradient For(DeepSetNetwork network, Tensor answers)
    {
        int widest = RowProduct.Pad(Math.Max(network.Classes, Math.Max(network.Hidden, network.Decoder)));
        long units = answers.shape[0] * (answers.shape[1] + 8) * widest;
        bool fits = answers.IsFloatsOnCpu() && network.RhoIn.weight!.IsFloatsOnCpu() && units <= int.MaxValue / 2;
        return fits && FloatLanes16.IsSupported ? new DeepSetGradient<FloatLanes16>()
            : fits && FloatLanes8.IsSupported ? new DeepSetGradient<FloatLanes8>()
            : new AutogradOfDeepSet();
    }
}
