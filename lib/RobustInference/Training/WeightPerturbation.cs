using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Training;

/// <summary>Weights that are moved for a moment to where the loss is higher: the gradient there leads to flat minima,
/// which is what helps against robust overfitting (adversarial weight perturbation: Wu, Xia and Wang, 2020).</summary>
/// <remarks>Each parameter w moves by size · ‖w‖ · g/‖g‖ along its gradient g, and gets the bits back that it had.
/// Nothing is read back from the device.</remarks>
public sealed class WeightPerturbation : IDisposable
{
    // Against a gradient of zeros.
    const double Least = 1e-12;

    readonly (Tensor Weights, Tensor Before)[] moved;

    WeightPerturbation((Tensor, Tensor)[] moved) => this.moved = moved;

    /// <summary>Moves the parameters along the gradients that they hold; disposing the result moves them
    /// back.</summary>
    /// <param name="network">Has gradients.</param>
    /// <param name="size">How far, as a share of a parameter's norm.</param>
    public static WeightPerturbation Climb(nn.Module network, double size)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        return new([
            .. network
                .parameters()
                .Select(weights =>
                {
                    var before = weights.detach().clone().DetachFromDisposeScope();
                    var gradient = weights.grad!;
                    weights.add_(gradient * (before.norm() * size / (gradient.norm() + Least)));
                    return ((Tensor)weights, before);
                }),
        ]);
    }

    public void Dispose()
    {
        using var untracked = no_grad();
        foreach (var (weights, before) in moved)
        {
            weights.copy_(before);
            before.Dispose();
        }
    }
}
