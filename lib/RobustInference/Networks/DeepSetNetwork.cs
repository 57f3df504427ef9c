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

    /// <summary>One network whose scores are the mean of those of <paramref name="members"/>: they stand side by side,
    /// M·h wide, and never see each other. With a trimmed mean in the middle, which works coordinate by coordinate, the
    /// scores are those of the members' DeepSet-TM averaged.</summary>
    /// <exception cref="ArgumentException">None, or not all of one shape.</exception>
    public static DeepSetNetwork Averaged(IReadOnlyList<DeepSetNetwork> members)
    {
        if (
            members.Count == 0
            || members.Any(own =>
                (own.Classes, own.Hidden, own.Decoder) != (members[0].Classes, members[0].Hidden, members[0].Decoder)
            )
        )
            throw new ArgumentException("networks that are averaged must be of one shape, and at least one");
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var first = members[0];
        var whole = new DeepSetNetwork(first.Classes, members.Count * first.Hidden, 0, members.Count * first.Decoder);
        Tensor[] Of(Func<DeepSetNetwork, Tensor?> part) => [.. members.Select(own => part(own)!)];
        whole.rho_in.weight!.copy_(cat(Of(own => own.rho_in.weight)));
        whole.rho_in.bias!.copy_(cat(Of(own => own.rho_in.bias)));
        whole.rho_out.weight!.copy_(block_diag(Of(own => own.rho_out.weight)));
        whole.rho_out.bias!.copy_(cat(Of(own => own.rho_out.bias)));
        whole.mu_in.weight!.copy_(block_diag(Of(own => own.mu_in.weight)));
        whole.mu_in.bias!.copy_(cat(Of(own => own.mu_in.bias)));
        whole.mu_out.weight!.copy_(cat(Of(own => own.mu_out.weight), 1) / members.Count);
        whole.mu_out.bias!.copy_(stack(Of(own => own.mu_out.bias)).mean([0L]));
        return whole;
    }

    /// <summary>A network with equal weights.</summary>
    /// <param name="device">Where they lie; default: on the processor.</param>
    public DeepSetNetwork Copy(Device? device = null)
    {
        var copy = new DeepSetNetwork(Classes, Hidden, 0, Decoder).to(device ?? CPU);
        copy.load_state_dict(state_dict());
        return copy;
    }
}
