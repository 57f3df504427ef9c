using RobustInference.Aggregators;
using RobustInference.Devices;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary>PGD-cw: one start u ~ U[0,1), sign-gradient steps on the Carlini–Wagner loss, BPDA through sorts (paper,
/// Table 4 and Section 4.2). A rule over logits is sent u, not its softmax.</summary>
/// <param name="steps">50 in the tables.</param>
/// <param name="gradient">What the backward pass does at a sort; BPDA in the tables.</param>
public sealed class ProjectedGradientAttack(int steps = 50, SortGradient gradient = SortGradient.Mean) : IAttack
{
    readonly int steps = Argument.AtLeast(steps, 0);

    // A processor keeps so many samples in its cache; a GPU has all of them at once.
    const int Chunk = 500,
        ChunkOfGpu = 1 << 14;

    public string Name => "PGD-cw";

    public AttackAccess Access => AttackAccess.WhiteBox;

    public string Sends => $"softmax of logits that climb the Carlini–Wagner loss by {steps} sign-gradient steps";

    public Tensor Corrupt(AttackQuery query)
    {
        using var scope = NewDisposeScope();
        using var generator = RandomStream.Torch(query.Seed, "pgd-start");
        var start = rand([query.Samples, query.Corrupted, query.Classes], generator: generator).to(query.Device);
        if (query.Corrupted == 0)
            return start.MoveToOuterDisposeScope();
        var ascent = new ProjectedGradient(steps, space: query.Rule.Input);
        var loss = new CarliniWagner(query.Rule.Scale);
        int most = query.Device.IsHost() ? Chunk : ChunkOfGpu;
        for (int from = 0; from < query.Samples; from += most)
        {
            using var inner = NewDisposeScope();
            int count = Math.Min(most, query.Samples - from);
            var own = start.narrow(0, from, count);
            using var given = query.Rule.Given(query.Input.narrow(0, from, count), query.Threat.Corrupted, gradient);
            own.copy_(
                ascent.Ascend(
                    given,
                    loss,
                    query.Answers.Labels.narrow(0, from, count),
                    own,
                    ProjectedGradient.EvenOffsets(count, query.Corrupted)
                )
            );
        }
        return start.MoveToOuterDisposeScope();
    }
}
