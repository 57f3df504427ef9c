using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustInference.Clients;

/// <summary>What a token is plus where it stands, both learned, then a norm.</summary>
sealed class DistilBertEmbeddings : nn.Module
{
    const int Padding = 0;

    readonly Embedding word_embeddings, position_embeddings;
    readonly LayerNorm LayerNorm;

    public DistilBertEmbeddings(DistilBertSize size, Generator generator) : base(nameof(DistilBertEmbeddings))
    {
        word_embeddings = nn.Embedding(size.Vocabulary, size.Width, padding_idx: Padding);
        position_embeddings = nn.Embedding(size.Positions, size.Width);
        LayerNorm = nn.LayerNorm(size.Width, DistilBertEncoder.Epsilon);
        RegisterComponents();
        using var untracked = no_grad();
        word_embeddings.weight = DistilBertEncoder.Normal(size.Vocabulary, size.Width, generator);
        word_embeddings.weight[Padding].zero_();
        position_embeddings.weight = DistilBertEncoder.Normal(size.Positions, size.Width, generator);
    }

    /// <param name="tokens">[B, T].</param>
    /// <returns>[B, T, W].</returns>
    public Tensor Embed(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var places = arange(tokens.shape[1], dtype: ScalarType.Int64, device: tokens.device);
        return LayerNorm.call(word_embeddings.call(tokens) + position_embeddings.call(places)).MoveToOuterDisposeScope();
    }
}
