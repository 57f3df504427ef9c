using RobustInference.Numerics;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustInference.Clients;

/// <summary>DistilBERT without a head: embeddings, then layers; named as Hugging Face's
/// <c>DistilBertModel</c>.</summary>
sealed class DistilBertEncoder : nn.Module
{
    internal const double Epsilon = 1e-12,
        Deviation = 0.02;

    readonly DistilBertEmbeddings embeddings;
    readonly Stack transformer;
    readonly double probability;

    public DistilBertEncoder(DistilBertSize size, Generator generator)
        : base(nameof(DistilBertEncoder))
    {
        embeddings = new DistilBertEmbeddings(size, generator);
        transformer = new Stack(size, generator);
        probability = size.Dropout;
        RegisterComponents();
    }

    /// <summary>A linear layer with the weights that BERT starts from.</summary>
    internal static Linear Layer(int from, int to, Generator generator) =>
        nn.Linear(new Parameter(empty(to, from).normal_(0, Deviation, generator)), new Parameter(zeros(to)));

    /// <returns>[B, T, W].</returns>
    public Tensor Encode(Tensor tokens, Tensor mask, DropoutStream? dropout)
    {
        using var scope = NewDisposeScope();
        var x = embeddings.Embed(tokens);
        x = dropout?.Apply(x, probability) ?? x;
        // The least float32 and not −∞: a text that is all padding gets equal weights and no NaN.
        var bias = mask.eq(0).to(ScalarType.Float32).mul(float.MinValue).unsqueeze(1).unsqueeze(1);
        foreach (var layer in transformer.Layers)
            x = layer.Encode(x, bias, dropout);
        return x.MoveToOuterDisposeScope();
    }

    sealed class Stack : nn.Module
    {
        readonly ModuleList<DistilBertLayer> layer;

        public Stack(DistilBertSize size, Generator generator)
            : base(nameof(Stack))
        {
            layer = nn.ModuleList([
                .. Enumerable.Range(0, size.Layers).Select(_ => new DistilBertLayer(size, generator)),
            ]);
            RegisterComponents();
        }

        public IEnumerable<DistilBertLayer> Layers => layer;
    }
}
