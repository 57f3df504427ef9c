using RobustInference.Numerics;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustInference.Clients;

/// <summary>Self-attention with one matrix for query, key and value; parameters are named as in torch's
/// <c>MultiheadAttention</c>.</summary>
sealed class PackedSelfAttention : nn.Module<Tensor, Tensor>
{
    readonly Parameter in_proj_weight,
        in_proj_bias;
    readonly Linear out_proj;
    readonly int heads;

    public PackedSelfAttention(int width, int heads, Generator generator)
        : base(nameof(PackedSelfAttention))
    {
        this.heads = heads;
        in_proj_weight = Initialise.Glorot(3 * width, width, generator);
        in_proj_bias = new Parameter(zeros(3 * width));
        double bound = 1 / Math.Sqrt(width);
        out_proj = nn.Linear(
            new Parameter(empty(width, width).uniform_(-bound, bound, generator)),
            new Parameter(zeros(width))
        );
        RegisterComponents();
    }

    /// <param name="x">[B, T, W].</param>
    /// <returns>[B, T, W].</returns>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var parts = nn.functional.linear(x, in_proj_weight, in_proj_bias).chunk(3, -1);
        return out_proj.call(MultiHeadAttention.Attend(parts[0], parts[1], parts[2], heads)).MoveToOuterDisposeScope();
    }
}
