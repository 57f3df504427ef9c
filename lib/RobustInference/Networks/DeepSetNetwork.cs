using RobustInference.Numerics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustInference.Networks;

/// <summary>The weights that DeepSet and DeepSet-TM share (Zaheer et al., 2017): ρ
/// is Linear(K,h)–ReLU–Linear(h,h), μ is Linear(h,d)–ReLU–Linear(d,K) with d = h but for a certificate.</summary>
public sealed class DeepSetNetwork : nn.Module
{
    readonly Linear rho_in,
        rho_out,
        mu_in,
        mu_out;

    /// <param name="classes">K.</param>
    /// <param name="hidden">h: 128 in the paper, 224 for CIFAR-100.</param>
    /// <param name="seed">Random seed of the initial weights.</param>
    /// <param name="decoder">d, the width of μ; default: h.</param>
    public DeepSetNetwork(int classes, int hidden, long seed, int? decoder = null)
        : base(nameof(DeepSetNetwork))
    {
        (Classes, Hidden) = (Argument.AtLeast(classes, 2), Argument.AtLeast(hidden, 1));
        Decoder = Argument.AtLeast(decoder ?? hidden, 1, nameof(decoder));
        (rho_in, rho_out, mu_in, mu_out) = (
            nn.Linear(classes, hidden),
            nn.Linear(hidden, hidden),
            nn.Linear(hidden, Decoder),
            nn.Linear(Decoder, classes)
        );
        RegisterComponents();
        using var generator = RandomStream.Torch(seed, "deepset-init");
        foreach (var layer in new[] { rho_in, rho_out, mu_in, mu_out })
            Initialise.UniformInplace(layer, generator);
    }

    public int Classes { get; }

    public int Hidden { get; }

    /// <summary>d.</summary>
    public int Decoder { get; }

    /// <summary>ρ's first layer.</summary>
    public Linear RhoIn => rho_in;

    /// <summary>ρ's last layer: linear, so it commutes with the mean over clients.</summary>
    public Linear RhoOut => rho_out;

    public Linear MuIn => mu_in;

    public Linear MuOut => mu_out;

    /// <summary>ρ up to its ReLU.</summary>
    /// <param name="rows">[…, K].</param>
    /// <returns>[…, h], non-negative.</returns>
    public Tensor HiddenOf(Tensor rows)
    {
        using var scope = NewDisposeScope();
        return nn.functional.relu(rho_in.call(rows)).MoveToOuterDisposeScope();
    }

    /// <summary>ρ: the encoding of a row.</summary>
    /// <param name="rows">[…, K].</param>
    /// <returns>[…, h].</returns>
    public Tensor Encode(Tensor rows)
    {
        using var scope = NewDisposeScope();
        return rho_out.call(HiddenOf(rows)).MoveToOuterDisposeScope();
    }

    /// <summary>μ: scores from the summary of all clients.</summary>
    /// <param name="summary">[B, h].</param>
    /// <returns>[B, K].</returns>
    public Tensor Decode(Tensor summary)
    {
        using var scope = NewDisposeScope();
        return mu_out.call(nn.functional.relu(mu_in.call(summary))).MoveToOuterDisposeScope();
    }

    /// <summary>A network with equal weights.</summary>
    public DeepSetNetwork Copy()
    {
        var copy = new DeepSetNetwork(Classes, Hidden, 0, Decoder);
        copy.load_state_dict(state_dict());
        return copy;
    }
}
