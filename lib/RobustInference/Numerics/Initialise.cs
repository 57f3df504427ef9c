using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustInference.Numerics;

/// <summary>Initial weights from a given generator: layer constructors draw from torch's global stream, so every
/// network here is drawn again.</summary>
public static class Initialise
{
    /// <summary>Convolutions: Kaiming normal, fan out, for ReLU (He et al., 2015). Linear layers: torch's own default,
    /// uniform within ±1/√fan_in. Norm layers keep weight 1 and bias 0. Layers are visited in the order of their
    /// names.</summary>
    public static void KaimingInplace(nn.Module network, Generator generator)
    {
        using var untracked = no_grad();
        foreach (var (_, module) in network.named_modules().OrderBy(pair => pair.name, StringComparer.Ordinal))
            switch (module)
            {
                case Conv2d conv:
                    long fanOut = conv.weight!.shape[0] * conv.weight.shape[2] * conv.weight.shape[3];
                    conv.weight.normal_(0, Math.Sqrt(2.0 / fanOut), generator);
                    break;
                case Linear linear:
                    UniformInplace(linear, generator);
                    break;
            }
    }

    /// <summary>Weights and bias uniform within ±1/√fan_in, torch's default for a linear layer.</summary>
    public static void UniformInplace(Linear layer, Generator generator)
    {
        using var untracked = no_grad();
        double bound = 1 / Math.Sqrt(layer.weight!.shape[1]);
        layer.weight.uniform_(-bound, bound, generator);
        layer.bias?.uniform_(-bound, bound, generator);
    }

    /// <summary>A matrix uniform within ±√(6/(rows + columns)) (Glorot and Bengio, 2010).</summary>
    public static Parameter Glorot(long rows, long columns, Generator generator)
    {
        double bound = Math.Sqrt(6.0 / (rows + columns));
        return new(empty(rows, columns).uniform_(-bound, bound, generator));
    }
}
