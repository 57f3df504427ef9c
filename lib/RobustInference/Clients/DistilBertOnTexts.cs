using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Clients;

/// <summary>A <see cref="DistilBert"/> that is told tokens alone, as every client is: what is padding shows by its
/// number, 0.</summary>
public sealed class DistilBertOnTexts : nn.Module<Tensor, Tensor>, IHasDropout
{
    readonly DistilBert model;

    /// <param name="model">Disposed with this.</param>
    public DistilBertOnTexts(DistilBert model)
        : base(nameof(DistilBertOnTexts))
    {
        this.model = model;
        RegisterComponents();
    }

    public DistilBert Model => model;

    /// <inheritdoc/>
    public void RestartDropout(long epoch) => model.RestartDropout(epoch);

    /// <param name="tokens">[B, L] of int64; 0 is padding.</param>
    /// <returns>Logits, [B, K].</returns>
    public override Tensor forward(Tensor tokens)
    {
        using var present = tokens.ne(0);
        return model.call(tokens, present);
    }
}
