using RobustInference.Numerics;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustInference.Clients;

/// <summary>DistilBERT (Sanh et al., 2019) with the paper's head: first token → Linear(W, W)–ReLU–Dropout–Linear(W,
/// K).</summary>
/// <remarks>
/// <para>Parameters have the names and shapes of Hugging Face's <c>DistilBertForSequenceClassification</c>, so that the
/// checkpoints of <c>distilbert-base-uncased</c> fit: see <see cref="PretrainedWeights"/>. Initial weights: normal with
/// deviation 0.02, biases 0, as there.</para>
/// <para>Dropout draws from a stream of its own: <see cref="RestartDropout"/> at the start of an epoch makes a resumed
/// training end with the same bytes.</para>
/// </remarks>
public sealed class DistilBert : nn.Module<Tensor, Tensor, Tensor>
{
    readonly DistilBertEncoder distilbert;
    readonly Linear pre_classifier,
        classifier;
    readonly (long Seed, string Role) dropoutName;
    DropoutStream dropout;

    /// <param name="classes">K.</param>
    /// <param name="size">Null: <c>distilbert-base-uncased</c>.</param>
    /// <param name="seed">With <paramref name="index"/>, the streams of initial weights and dropout.</param>
    /// <param name="index">Which client.</param>
    /// <exception cref="ArgumentException">Sizes that do not fit each other.</exception>
    public DistilBert(int classes, DistilBertSize? size, long seed, long index)
        : base(nameof(DistilBert))
    {
        Size = (size ?? new()).Checked();
        using var generator = RandomStream.Torch(seed, "distilbert-init", index);
        distilbert = new DistilBertEncoder(Size, generator);
        pre_classifier = DistilBertEncoder.Layer(Size.Width, Size.Width, generator);
        classifier = DistilBertEncoder.Layer(Size.Width, classes, generator);
        RegisterComponents();
        dropoutName = (seed, $"distilbert-{index}-dropout");
        dropout = new(seed, dropoutName.Role);
    }

    public DistilBertSize Size { get; }

    /// <summary>From here on dropout draws from the stream of this epoch.</summary>
    public void RestartDropout(long epoch)
    {
        dropout.Dispose();
        dropout = new(dropoutName.Seed, dropoutName.Role, epoch);
    }

    /// <param name="tokens">[B, T] token ids, int64, below the vocabulary's size; T is at most the number of
    /// positions.</param>
    /// <param name="mask">[B, T]: 1 for a token, 0 for padding, which nobody looks at. Any type of number.</param>
    /// <returns>Logits, [B, K].</returns>
    /// <exception cref="ArgumentException">Another shape or type.</exception>
    public override Tensor forward(Tensor tokens, Tensor mask)
    {
        if (
            tokens.shape is not [_, var length]
            || length < 1
            || length > Size.Positions
            || tokens.dtype != ScalarType.Int64
        )
            throw new ArgumentException(
                $"wanted int64 token ids, [B, T] with T in 1…{Size.Positions}, got {tokens.dtype} "
                    + $"[{string.Join(", ", tokens.shape)}]"
            );
        if (!mask.shape.SequenceEqual(tokens.shape))
            throw new ArgumentException(
                $"wanted a mask of the shape [{string.Join(", ", tokens.shape)}], got [{string.Join(", ", mask.shape)}]"
            );
        using var scope = NewDisposeScope();
        var drop = training ? dropout : null;
        var first = distilbert.Encode(tokens, mask, drop).select(1, 0);
        var hidden = nn.functional.relu(pre_classifier.call(first));
        return classifier.call(drop?.Apply(hidden, Size.HeadDropout) ?? hidden).MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            dropout.Dispose();
        base.Dispose(disposing);
    }
}
