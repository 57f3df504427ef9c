using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustInference.Networks;

/// <summary>A network of votes as training sees it: its weights may be fewer than those of the
/// <see cref="VoteMember"/> that it becomes.</summary>
/// <param name="name">Of the module.</param>
public abstract class TrainableVote(string name) : nn.Module(name)
{
    /// <summary>[n], α in 0…1: by how much at most a client's vote moves the lead of one class over another.</summary>
    public abstract Parameter Influence { get; }

    /// <summary>[K], added to the sum of the votes.</summary>
    public abstract Parameter Bias { get; }

    /// <summary>Weights that a decay of their own pulls to 0, whatever the recipe says; none by default.</summary>
    public virtual IEnumerable<Parameter> Tables => [];

    /// <summary>The votes of all n clients in their order.</summary>
    /// <param name="features">[B, n, 2K], <see cref="VoteMember.Features"/> of the rows.</param>
    /// <returns>[B, n, K], not negative, with sums α_i.</returns>
    public abstract Tensor Votes(Tensor features);

    /// <summary>A network of the same kind with the same weights.</summary>
    /// <param name="device">Where it lies; the processor by default.</param>
    public abstract TrainableVote Copy(Device? device = null);

    /// <summary>The network that is kept, on the processor; itself where it is one already.</summary>
    public abstract VoteMember ToMember();
}
