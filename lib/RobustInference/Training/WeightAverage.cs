using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Training;

/// <summary>Exponential moving average of a network's weights over the steps of its training.</summary>
/// <remarks>Against robust overfitting (Rice et al., 2020; Gowal et al., 2020). The first steps weigh less by
/// min(decay, (1+t)/(10+t)), so that the initial weights are soon forgotten.</remarks>
/// <param name="average">A network with the weights to begin with; changed step by step.</param>
/// <param name="decay">0…1, the share of the average that a step keeps.</param>
public sealed class WeightAverage(nn.Module average, double decay)
{
    int steps;

    /// <summary>Steps taken in so far.</summary>
    internal int Steps
    {
        get => steps;
        set => steps = value;
    }

    /// <summary>Takes the weights after a step in.</summary>
    /// <param name="network">Has the layers of the average.</param>
    public void Follow(nn.Module network)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        double kept = Math.Min(decay, (1.0 + steps) / (10 + steps));
        steps++;
        foreach (var (mean, now) in average.parameters().Zip(network.parameters()))
            mean.mul_(kept).add_(now.detach() * (1 - kept));
    }
}
