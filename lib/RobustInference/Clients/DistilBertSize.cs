namespace RobustInference.Clients;

/// <summary>The sizes of a <see cref="DistilBert"/>; default: those of <c>distilbert-base-uncased</c>.</summary>
/// <param name="Vocabulary">Number of token ids.</param>
/// <param name="Positions">Longest text, in tokens.</param>
/// <param name="Width">Numbers per token, a multiple of <paramref name="Heads"/>.</param>
/// <param name="Layers">Encoder layers.</param>
/// <param name="Heads">Attention heads a layer.</param>
/// <param name="Hidden">Width inside a layer's two-layer perceptron.</param>
/// <param name="Dropout">In training, on embeddings, attention weights and perceptrons.</param>
/// <param name="HeadDropout">In training, inside the head.</param>
public sealed record DistilBertSize(
    int Vocabulary = 30522,
    int Positions = 512,
    int Width = 768,
    int Layers = 6,
    int Heads = 12,
    int Hidden = 3072,
    double Dropout = 0.1,
    double HeadDropout = 0.3
)
{
    /// <summary>Parameters of a network of these sizes, its head left out.</summary>
    public Int128 Parameters =>
        (Int128)(Vocabulary + (long)Positions + 2) * Width
        + (Int128)Layers * (4 * (Int128)Width * (Width + 2) + 2 * (Int128)Width * Hidden + Hidden + Width);

    /// <exception cref="ArgumentException">A size that is not positive, heads that do not divide the width, a
    /// probability outside [0, 1).</exception>
    internal DistilBertSize Checked()
    {
        if (
            Vocabulary < 1
            || Positions < 1
            || Width < 1
            || Layers < 1
            || Heads < 1
            || Hidden < 1
            || Dropout is not (>= 0 and < 1)
            || HeadDropout is not (>= 0 and < 1)
        )
            throw new ArgumentException($"{this}: wanted positive sizes, and dropout in [0, 1)");
        return Width % Heads == 0
            ? this
            : throw new ArgumentException($"width {Width}: its {Heads} attention heads must divide it");
    }
}
