using RobustInference.Numerics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustInference.Clients;

/// <summary>A text as the mean of its tokens' embeddings, then dropout and linear(w→K) (Joulin et al., 2017): a client
/// for machines without pre-trained weights.</summary>
public sealed class BagOfEmbeddings : nn.Module<Tensor, Tensor>, IHasDropout
{
    readonly Embedding embeddings;
    readonly Linear classifier;
    readonly double probability;
    readonly (long Seed, string Role) dropoutName;
    DropoutStream dropout;

    /// <param name="classes">K.</param>
    /// <param name="vocabulary">Tokens of the vocabulary; token 0 is padding.</param>
    /// <param name="width">w, the length of an embedding.</param>
    /// <param name="dropout">Probability that dropout zeroes a number of the mean, in [0, 1).</param>
    /// <param name="seed">With <paramref name="index"/>, the stream that the initial weights are drawn from.</param>
    /// <param name="index">Which client.</param>
    public BagOfEmbeddings(int classes, int vocabulary, int width, double dropout, long seed, long index)
        : base(nameof(BagOfEmbeddings))
    {
        embeddings = nn.Embedding(vocabulary, width);
        classifier = nn.Linear(width, classes);
        probability = dropout;
        dropoutName = (seed, $"bag-{index}-dropout");
        this.dropout = new(seed, dropoutName.Role);
        RegisterComponents();
        using var generator = RandomStream.Torch(seed, "bag-init", index);
        using var untracked = no_grad();
        embeddings.weight!.uniform_(-1.0 / width, 1.0 / width, generator);
        Initialise.UniformInplace(classifier, generator);
    }

    /// <inheritdoc/>
    public void RestartDropout(long epoch)
    {
        dropout.Dispose();
        dropout = new(dropoutName.Seed, dropoutName.Role, epoch);
    }

    /// <param name="tokens">[B, L] of int64; 0 is padding.</param>
    /// <returns>Logits, [B, K].</returns>
    public override Tensor forward(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var present = tokens.ne(0).to(ScalarType.Float32).unsqueeze(2);
        var mean = (embeddings.call(tokens) * present).sum(1) / present.sum(1).clamp_min(1);
        return classifier.call(training ? dropout.Apply(mean, probability) : mean).MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            dropout.Dispose();
        base.Dispose(disposing);
    }
}
