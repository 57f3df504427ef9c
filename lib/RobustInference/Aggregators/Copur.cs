using RobustInference.Networks;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>COPUR (Liu et al., 2022): all clients' logits are purified towards what the auto-encoder can give back,
/// then the server's model answers as in <see cref="ManifoldProjection"/>.</summary>
/// <remarks>
/// <para>Takes logits, which have no bound, and knows a client by its place. No κ.</para>
/// <para>The backward pass takes the purification for the identity (BPDA; Athalye et al., 2018).</para>
/// </remarks>
/// <param name="network">Auto-encoder and server's model.</param>
/// <param name="corrupted">f, which sets the number of steps.</param>
/// <param name="progress">Told the share of the samples that is purified, 0…1, at every call of <see cref="Scores"/>
/// anew.</param>
public sealed class Copur(CopurNetwork network, int corrupted, IProgress<double>? progress = null) : Aggregator
{
    readonly CopurNetwork network = Argument.Given(network);
    readonly Purification purification = new(network, corrupted);

    public override string Name => "COPUR";

    public override AnswerSpace Input => AnswerSpace.Logits;

    public override ScoreScale Scale => ScoreScale.Logits;

    public CopurNetwork Network => network;

    public override Aggregator On(Device device) =>
        network.ServerLayers[0].bias!.device == device ? this : new Copur(network.Copy(device), corrupted, progress);

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
        var logits = network.Flatten(answers);
        var moved = purification.Purify(logits.detach(), progress).sub_(logits.detach());
        return network.Decide(network.Reconstruct(logits + moved)).MoveToOuterDisposeScope();
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
