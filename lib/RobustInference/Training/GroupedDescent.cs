using RobustInference.Clients;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Training;

/// <summary>SGD with Nesterov momentum on the members of a <see cref="GroupedResNet8"/>, each with its own learning
/// rate: the steps that torch's SGD takes on each alone.</summary>
/// <param name="network">Changed in place.</param>
/// <param name="momentum">0 for plain SGD.</param>
/// <param name="weightDecay">On every parameter.</param>
public sealed class GroupedDescent(GroupedResNet8 network, double momentum, double weightDecay) : IDisposable
{
    readonly Dictionary<string, Tensor> velocities = network.Weights.ToDictionary(
        pair => pair.Key,
        pair => zeros_like(pair.Value).DetachFromDisposeScope()
    );

    /// <summary>One step of some members on the mean cross-entropy of each on a batch of its own.</summary>
    /// <param name="who">[a] int64.</param>
    /// <param name="images">[a, B, 3, 32, 32].</param>
    /// <param name="labels">[a, B] int64.</param>
    /// <param name="rates">[a] float32, their learning rates.</param>
    /// <returns>[a], their losses; nothing is read back.</returns>
    public Tensor Step(Tensor who, Tensor images, Tensor labels, Tensor rates)
    {
        using var scope = NewDisposeScope();
        var leaves = network.Leaves(who);
        Tensor losses;
        using (enable_grad())
        {
            var logits = network.Forward(images, leaves, who, training: true);
            losses = nn
                .functional.cross_entropy(
                    logits.reshape(-1, logits.shape[2]),
                    labels.reshape(-1),
                    reduction: nn.Reduction.None
                )
                .view(labels.shape)
                .mean([1L]);
            losses.sum().backward();
        }
        using var untracked = no_grad();
        foreach (var (name, leaf) in leaves)
        {
            using var inner = NewDisposeScope();
            var gradient = leaf.grad!.add(leaf, alpha: weightDecay);
            if (momentum > 0)
            {
                var velocity = velocities[name].Take(0, who).mul_(momentum).add_(gradient);
                velocities[name].PutInplace(0, who, velocity);
                gradient.add_(velocity, alpha: momentum);
            }
            long[] perMember = [rates.shape[0], .. Enumerable.Repeat(1L, (int)leaf.dim() - 1)];
            network.Weights[name].PutInplace(0, who, leaf - gradient * rates.view(perMember));
        }
        return losses.detach().MoveToOuterDisposeScope();
    }

    /// <summary>One member's velocities, as views in the order of their names.</summary>
    public IEnumerable<Tensor> Of(int member) =>
        velocities.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value.select(0, member));

    public void Dispose()
    {
        foreach (var tensor in velocities.Values)
            tensor.Dispose();
    }
}
