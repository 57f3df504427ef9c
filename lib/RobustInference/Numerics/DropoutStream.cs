using static TorchSharp.torch;

namespace RobustInference.Numerics;

/// <summary>Dropout (Srivastava et al., 2014) whose masks come from a stream named by (seed, role, index): torch's own
/// draws from the global one.</summary>
public sealed class DropoutStream(long seed, string role, long index = 0) : IDisposable
{
    // On the CPU on every machine, so that a GPU drops the same entries.
    readonly Generator generator = RandomStream.Torch(seed, role, index);

    /// <summary>Each entry is zero with the given probability, and otherwise divided by one minus it.</summary>
    /// <param name="x">Any shape; unchanged.</param>
    /// <param name="probability">In [0, 1); 0 gives a tensor of the same numbers.</param>
    public Tensor Apply(Tensor x, double probability)
    {
        if (probability == 0)
            return x.alias();
        using var scope = NewDisposeScope();
        var kept = empty(x.shape, dtype: x.dtype).bernoulli_(1 - probability, generator).div_(1 - probability);
        return (x * kept.to(x.device)).MoveToOuterDisposeScope();
    }

    public void Dispose() => generator.Dispose();
}
