using RobustInference.Numerics;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustInference.Clients;

/// <summary>A post-norm layer: norm(x + attention(x)), then norm(x + perceptron(x)), with GELU inside the
/// perceptron.</summary>
sealed class DistilBertLayer : nn.Module
{
    readonly SelfAttention attention;
    readonly LayerNorm sa_layer_norm,
        output_layer_norm;
    readonly Perceptron ffn;
    readonly double probability;

    public DistilBertLayer(DistilBertSize size, Generator generator)
        : base(nameof(DistilBertLayer))
    {
        attention = new SelfAttention(size, generator);
        sa_layer_norm = nn.LayerNorm(size.Width, DistilBertEncoder.Epsilon);
        ffn = new Perceptron(size, generator);
        output_layer_norm = nn.LayerNorm(size.Width, DistilBertEncoder.Epsilon);
        probability = size.Dropout;
        RegisterComponents();
    }

    /// <param name="x">[B, T, W].</param>
    /// <param name="bias">[B, 1, 1, T], added to the products of queries and keys.</param>
    /// <param name="dropout">Null: nothing is dropped.</param>
    /// <returns>[B, T, W].</returns>
    public Tensor Encode(Tensor x, Tensor bias, DropoutStream? dropout)
    {
        using var scope = NewDisposeScope();
        x = sa_layer_norm.call(x + attention.Attend(x, bias, dropout));
        var y = ffn.call(x);
        return output_layer_norm.call(x + (dropout?.Apply(y, probability) ?? y)).MoveToOuterDisposeScope();
    }

    sealed class SelfAttention : nn.Module
    {
        readonly Linear q_lin,
            k_lin,
            v_lin,
            out_lin;
        readonly int heads;
        readonly double probability;

        public SelfAttention(DistilBertSize size, Generator generator)
            : base(nameof(SelfAttention))
        {
            (heads, probability) = (size.Heads, size.Dropout);
            (q_lin, k_lin, v_lin, out_lin) = (Square(), Square(), Square(), Square());
            RegisterComponents();

            Linear Square() => DistilBertEncoder.Layer(size.Width, size.Width, generator);
        }

        public Tensor Attend(Tensor x, Tensor bias, DropoutStream? dropout)
        {
            using var scope = NewDisposeScope();
            var mixed = MultiHeadAttention.Attend(
                q_lin.call(x),
                k_lin.call(x),
                v_lin.call(x),
                heads,
                bias,
                dropout is null ? null : (dropout, probability)
            );
            return out_lin.call(mixed).MoveToOuterDisposeScope();
        }
    }

    sealed class Perceptron : nn.Module<Tensor, Tensor>
    {
        readonly Linear lin1,
            lin2;

        public Perceptron(DistilBertSize size, Generator generator)
            : base(nameof(Perceptron))
        {
            lin1 = DistilBertEncoder.Layer(size.Width, size.Hidden, generator);
            lin2 = DistilBertEncoder.Layer(size.Hidden, size.Width, generator);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            return lin2.call(nn.functional.gelu(lin1.call(x))).MoveToOuterDisposeScope();
        }
    }
}
