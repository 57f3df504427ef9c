using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustInference.Clients;

/// <summary>What a token is plus where it stands, both learned, then a norm.</summary>
sealed class DistilBertEmbeddings : nn.Module
{
    const int Padding = 0;

    readonly Embedding word_embeddings,
        position_embeddings;
    readonly LayerNorm LayerNorm;

    public DistilBertEmbeddings(DistilBertSize size, Generator generator)
        : base(nameof(DistilBertEmbeddings))
    {
        word_embeddings = nn.Embedding(size.Vocabulary, size.Width, padding_idx: Padding);
        position_embeddings = nn.Embedding(size.Positions, size.Width);
        LayerNorm = nn.LayerNorm(size.Width, DistilBertEncoder.Epsilon);
        RegisterComponents();
        using var untracked = no_grad();
        foreach (var table in new[] { word_embeddings, position_embeddings })
            table.weight!.normal_(0, DistilBertEncoder.Deviation, generator);
        word_embeddings.weight![Padding].zero_();
    }

    /// <param name="tokens">[B, T].</param>
    /// <returns>[B, T, W].</returns>
    public Tensor Embed(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var places = arange(tokens.shape[1], dtype: ScalarType.Int64, device: tokens.device);
        return LayerNorm
            .call(word_embeddings.call(tokens) + position_embeddings.call(places))
            .MoveToOuterDisposeScope();
    }
}
