using RobustInference.Aggregators;
using RobustInference.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Training;

/// <summary>The same by torch's operators, on any device.</summary>
sealed class AutogradOfDeepSet : IDeepSetGradient
{
    public Tensor Write(DeepSetNetwork network, Tensor answers, Tensor labels)
    {
        using var tracked = enable_grad();
        var rule = new DeepSet(network);
        network.zero_grad();
        var loss = nn.functional.cross_entropy(rule.Scores(answers), labels);
        loss.backward();
        return loss.detach();
    }

    public void Dispose() { }
}
