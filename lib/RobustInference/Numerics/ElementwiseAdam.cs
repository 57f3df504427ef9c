using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Numerics;

/// <summary>Adam (Kingma and Ba, 2015) on a tensor whose gradient the caller writes down: every number has moments of
/// its own, so what stands beside it does not matter.</summary>
/// <param name="like">Shape of what is descended on.</param>
/// <param name="learningRate">α; β₁ = 0.9, β₂ = 0.999 and ε = 1e-8 are torch's defaults.</param>
public sealed class ElementwiseAdam(Tensor like, double learningRate) : IDisposable
{
    const double Beta1 = 0.9,
        Beta2 = 0.999,
        Epsilon = 1e-8;

    readonly Tensor first = zeros_like(like).DetachFromDisposeScope(),
        second = zeros_like(like).DetachFromDisposeScope();
    int steps;

    /// <summary>One step down.</summary>
    /// <param name="values">Changed in place.</param>
    /// <param name="gradient">At <paramref name="values"/>.</param>
    public void StepInplace(Tensor values, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        steps++;
        first.mul_(Beta1).add_(gradient, alpha: 1 - Beta1);
        second.mul_(Beta2).addcmul_(gradient, gradient, 1 - Beta2);
        var scale = second.sqrt().div_(Math.Sqrt(1 - Math.Pow(Beta2, steps))).add_(Epsilon);
        values.addcdiv_(first, scale, -learningRate / (1 - Math.Pow(Beta1, steps)));
    }

    public void Dispose()
    {
        first.Dispose();
        second.Dispose();
    }
}
