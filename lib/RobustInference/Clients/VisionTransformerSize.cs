namespace RobustInference.Clients;

/// <summary>The sizes of a <see cref="VisionTransformer"/>; default: those of ViT-B/32.</summary>
/// <param name="Image">Side of the square image, a multiple of <paramref name="Patch"/>.</param>
/// <param name="Patch">Side of a patch: a token.</param>
/// <param name="Width">Numbers per token, a multiple of <paramref name="Heads"/>.</param>
/// <param name="Layers">Encoder layers.</param>
/// <param name="Heads">Attention heads a layer.</param>
/// <param name="Hidden">Width inside a layer's two-layer perceptron.</param>
public sealed record VisionTransformerSize(
    int Image = 224,
    int Patch = 32,
    int Width = 768,
    int Layers = 12,
    int Heads = 12,
    int Hidden = 3072
)
{
    /// <summary>Patches and the class token.</summary>
    public int Tokens => Image / Patch * (Image / Patch) + 1;

    /// <summary>Parameters of a network of these sizes, its head left out.</summary>
    public Int128 Parameters =>
        (3 * (Int128)Patch * Patch + Tokens + 4) * Width
        + (Int128)Layers * (4 * (Int128)Width * (Width + 2) + 2 * (Int128)Width * Hidden + Hidden + Width);

    /// <exception cref="ArgumentException">A size that is not positive, or one that does not divide what it
    /// must.</exception>
    internal VisionTransformerSize Checked()
    {
        if (Patch < 1 || Image < 1 || Width < 1 || Layers < 1 || Heads < 1 || Hidden < 1 || Image % Patch != 0)
            throw new ArgumentException($"{this}: wanted positive sizes, and an image of whole patches");
        return Width % Heads == 0
            ? this
            : throw new ArgumentException($"width {Width}: its {Heads} attention heads must divide it");
    }
}
