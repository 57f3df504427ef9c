using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustInference.Clients;

/// <summary>The encoder of a <see cref="VisionTransformer"/>: learned positions, layers, a last norm; named as
/// torchvision names it.</summary>
sealed class VisionEncoder : nn.Module<Tensor, Tensor>
{
    internal const double Epsilon = 1e-6;

    readonly Parameter pos_embedding;
    readonly Sequential layers;
    readonly LayerNorm ln;

    public VisionEncoder(VisionTransformerSize size, Generator generator)
        : base(nameof(VisionEncoder))
    {
        pos_embedding = new Parameter(empty(1, size.Tokens, size.Width).normal_(0, 0.02, generator));
        layers = nn.Sequential([
            .. Enumerable
                .Range(0, size.Layers)
                .Select(i =>
                    ($"encoder_layer_{i}", (nn.Module<Tensor, Tensor>)new VisionEncoderLayer(size, generator))
                ),
        ]);
        ln = nn.LayerNorm(size.Width, Epsilon);
        RegisterComponents();
    }

    /// <param name="tokens">[B, T, W], the class token first.</param>
    /// <returns>[B, T, W].</returns>
    public override Tensor forward(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        return ln.call(layers.call(tokens + pos_embedding)).MoveToOuterDisposeScope();
    }
}
