using RobustInference.Numerics;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustInference.Clients;

/// <summary>A pre-norm layer: x + attention(norm(x)), then x + perceptron(norm(x)), with GELU inside the
/// perceptron.</summary>
sealed class VisionEncoderLayer : nn.Module<Tensor, Tensor>
{
    readonly LayerNorm ln_1,
        ln_2;
    readonly PackedSelfAttention self_attention;
    readonly Sequential mlp;
    readonly Linear first,
        second;

    public VisionEncoderLayer(VisionTransformerSize size, Generator generator)
        : base(nameof(VisionEncoderLayer))
    {
        ln_1 = nn.LayerNorm(size.Width, VisionEncoder.Epsilon);
        self_attention = new PackedSelfAttention(size.Width, size.Heads, generator);
        ln_2 = nn.LayerNorm(size.Width, VisionEncoder.Epsilon);
        (first, second) = (Layer(size.Width, size.Hidden), Layer(size.Hidden, size.Width));
        // torchvision counts activation and dropout too: 0 Linear, 1 GELU, 2 Dropout, 3 Linear.
        mlp = nn.Sequential(("0", first), ("1", nn.GELU()), ("3", second));
        register_module(nameof(ln_1), ln_1);
        register_module(nameof(self_attention), self_attention);
        register_module(nameof(ln_2), ln_2);
        register_module(nameof(mlp), mlp);

        Linear Layer(int from, int to) =>
            nn.Linear(Initialise.Glorot(to, from, generator), new Parameter(empty(to).normal_(0, 1e-6, generator)));
    }

    /// <param name="x">[B, T, W].</param>
    /// <returns>[B, T, W].</returns>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        x = x + self_attention.call(ln_1.call(x));
        return (x + mlp.call(ln_2.call(x))).MoveToOuterDisposeScope();
    }
}
