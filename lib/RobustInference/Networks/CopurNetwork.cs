using RobustInference.Numerics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustInference.Networks;

/// <summary>The weights that COPUR and manifold projection share (Liu et al., 2022): an
/// auto-encoder of all clients' logits side by side, and the server's model on what it gives back.</summary>
/// <remarks>The auto-encoder is Linear(nK,h)–LeakyReLU(0.8)–Linear(h,e), then Linear(e,h)–LeakyReLU(0.8)–Linear(h,nK);
/// the server's model is Linear(nK,s)–LeakyReLU(0.9)–Linear(s,s)–LeakyReLU(0.9)–Linear(s,K). A client has its own place
/// in the input: its order matters.
/// </remarks>
public sealed class CopurNetwork : nn.Module
{
    /// <summary>What the auto-encoder's LeakyReLU multiplies negative numbers with.</summary>
    public const double Slope = 0.8;

    /// <summary>A logit beyond ± this is taken for it, so that sums and squares in float32 stay finite.</summary>
    public const float GreatestLogit = 1e6f;

    const double ServerSlope = 0.9;

    readonly Linear encoder_in,
        encoder_out,
        decoder_in,
        decoder_out,
        server_in,
        server_between,
        server_out;

    /// <param name="clients">n.</param>
    /// <param name="classes">K.</param>
    /// <param name="hidden">h: 200 in the paper, 2000 for CIFAR-100.</param>
    /// <param name="encoding">e: 120 in the paper, 800 for CIFAR-100.</param>
    /// <param name="server">s: 256 in the paper.</param>
    /// <param name="seed">Random seed of the initial weights.</param>
    public CopurNetwork(int clients, int classes, int hidden, int encoding, int server, long seed)
        : base(nameof(CopurNetwork))
    {
        (Clients, Classes) = (Argument.AtLeast(clients, 1), Argument.AtLeast(classes, 2));
        (Hidden, Encoding) = (Argument.AtLeast(hidden, 1), Argument.AtLeast(encoding, 1));
        Server = Argument.AtLeast(server, 1);
        int width = clients * classes;
        (encoder_in, encoder_out) = (nn.Linear(width, hidden), nn.Linear(hidden, encoding));
        (decoder_in, decoder_out) = (nn.Linear(encoding, hidden), nn.Linear(hidden, width));
        (server_in, server_between, server_out) = (
            nn.Linear(width, server),
            nn.Linear(server, server),
            nn.Linear(server, classes)
        );
        RegisterComponents();
        using var generator = RandomStream.Torch(seed, "copur-init");
        foreach (var layer in AutoEncoderLayers.Concat(ServerLayers))
            Initialise.UniformInplace(layer, generator);
    }

    public int Clients { get; }

    public int Classes { get; }

    public int Hidden { get; }

    public int Encoding { get; }

    public int Server { get; }

    /// <summary>nK, the length of all clients' logits side by side.</summary>
    public int Width => Clients * Classes;

    /// <summary>The four layers of the auto-encoder, from its input on.</summary>
    public IReadOnlyList<Linear> AutoEncoderLayers => [encoder_in, encoder_out, decoder_in, decoder_out];

    /// <summary>The three layers of the server's model, from its input on.</summary>
    public IReadOnlyList<Linear> ServerLayers => [server_in, server_between, server_out];

    /// <summary>All clients' logits side by side, within ± <see cref="GreatestLogit"/>, as the auto-encoder takes
    /// them.</summary>
    /// <param name="answers">[B, n, K].</param>
    /// <returns>[B, nK].</returns>
    /// <exception cref="ArgumentException">Not three axes, or another n or K than the network was made for.</exception>
    public Tensor Flatten(Tensor answers)
    {
        Check(answers);
        using var scope = NewDisposeScope();
        return answers.reshape(-1, Width).clamp(-GreatestLogit, GreatestLogit).MoveToOuterDisposeScope();
    }

    /// <inheritdoc cref="Flatten" path="/exception"/>
    public void Check(Tensor answers)
    {
        if (answers.dim() != 3 || answers.shape[1] != Clients || answers.shape[2] != Classes)
            throw new ArgumentException(
                $"the networks were made for {Clients} clients and {Classes} classes, the answers are "
                    + $"[{string.Join(", ", answers.shape)}]"
            );
    }

    /// <summary>The auto-encoder.</summary>
    /// <param name="logits">[B, nK].</param>
    /// <returns>[B, nK].</returns>
    public Tensor Reconstruct(Tensor logits)
    {
        using var scope = NewDisposeScope();
        var code = encoder_out.call(nn.functional.leaky_relu(encoder_in.call(logits), Slope));
        return decoder_out.call(nn.functional.leaky_relu(decoder_in.call(code), Slope)).MoveToOuterDisposeScope();
    }

    /// <summary>The server's model.</summary>
    /// <param name="reconstructed">[B, nK], from the auto-encoder.</param>
    /// <returns>[B, K].</returns>
    public Tensor Decide(Tensor reconstructed)
    {
        using var scope = NewDisposeScope();
        var first = nn.functional.leaky_relu(server_in.call(reconstructed), ServerSlope);
        return server_out
            .call(nn.functional.leaky_relu(server_between.call(first), ServerSlope))
            .MoveToOuterDisposeScope();
    }

    /// <summary>A network with equal weights.</summary>
    /// <param name="device">Where they lie; default: on the processor.</param>
    public CopurNetwork Copy(Device? device = null)
    {
        var copy = new CopurNetwork(Clients, Classes, Hidden, Encoding, Server, 0).to(device ?? CPU);
        copy.CopyFrom(this);
        return copy;
    }

    /// <summary>Takes over the weights of a network of the same sizes.</summary>
    public void CopyFrom(CopurNetwork other) => load_state_dict(other.state_dict());
}
