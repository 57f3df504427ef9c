namespace RobustInference.Clients;

/// <summary>The sizes of a <see cref="VisionTransformer"/>; those of ViT-B/32 unless given.</summary>
/// <param name="Image">Side of the square image, a multiple of <paramref name="Patch"/>.</param>
/// <param name="Patch">Side of a patch: a token.</param>
/// <param name="Width">Numbers per token, a multiple of <paramref name="Heads"/>.</param>
/// <param name="Layers">Encoder layers.</param>
/// <param name="Heads">Attention heads a layer.</param>
/// <param name="Hidden">Width inside a layer's two-layer perceptron.</param>
public sealed record VisionTransformerSize(int Image = 224, int Patch = 32, int Width = 768, int Layers = 12, int Heads = 12, int Hidden = 3072)
{
    /// <summary>Patches and the class token.</summary>
    public int Tokens => Image / Patch * (Image / Patch) + 1;

    /// <exception cref="ArgumentException">A size that is not positive, or one that does not divide what it must.</exception>
    internal VisionTransformerSize Checked() =>
        Patch > 0 && Image > 0 && Width > 0 && Layers > 0 && Heads > 0 && Hidden > 0 && Image % Patch == 0 && Width % Heads == 0
            ? this
            : throw new ArgumentException($"{this}: wanted positive sizes, an image of whole patches and heads that divide the width");
}
