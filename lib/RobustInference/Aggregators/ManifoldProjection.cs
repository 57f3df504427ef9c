using RobustInference.Networks;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>Manifold projection (Liu et al., 2022): the server's model on the auto-encoder's reconstruction of all
/// clients' logits.</summary>
/// <remarks>Takes logits, which have no bound, and knows a client by its place. No κ.</remarks>
public sealed class ManifoldProjection(CopurNetwork network) : Aggregator
{
    readonly CopurNetwork network = Argument.Given(network);

    public override string Name => "Manifold projection";

    public override AnswerSpace Input => AnswerSpace.Logits;

    public override ScoreScale Scale => ScoreScale.Logits;

    public CopurNetwork Network => network;

    public override Aggregator On(Device device) =>
        network.ServerLayers[0].bias!.device == device ? this : new ManifoldProjection(network.Copy(device));

    public override void Dispose()
    {
        network.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    /// <param name="answers">[B, n, K] logits in client order.</param>
    /// <exception cref="ArgumentException">Another n or K than the network was made for.</exception>
    public override Tensor Scores(Tensor answers)
    {
        using var scope = NewDisposeScope();
        return network.Decide(network.Reconstruct(network.Flatten(answers))).MoveToOuterDisposeScope();
    }

    public override ConditionedAggregator Given(
        Tensor answers,
        IReadOnlyList<int> corrupted,
        SortGradient gradient = SortGradient.Mean
    )
    {
        network.Check(answers);
        return base.Given(answers, corrupted, gradient);
    }
}
