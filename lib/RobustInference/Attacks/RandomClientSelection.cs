using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>A random f of the n clients, per sample.</summary>
/// <param name="index">Which of several draws.</param>
public sealed class RandomClientSelection(int index) : IClientSelection
{
    readonly int index = Argument.AtLeast(index, 1);

    public string Name => $"drawn {index}";

    public Tensor Choose(AttackQuery query)
    {
        using var scope = NewDisposeScope();
        using var generator = RandomStream.Torch(query.Seed, "drawn-clients", index);
        return rand([query.Samples, query.Answers.Clients], generator: generator)
            .to(query.Device)
            .Ascending(1)
            .narrow(1, 0, query.Corrupted)
            .contiguous()
            .MoveToOuterDisposeScope();
    }
}
