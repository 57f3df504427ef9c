using RobustInference.Aggregators;
using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Attacks;

/// <summary><see cref="AutoProjectedGradient"/> as an attack: one loss, one gradient through sorts, one
/// start.</summary>
/// <param name="loss">What is maximised.</param>
/// <param name="gradient">What the backward pass does at a sort.</param>
/// <param name="start">Where the rows start.</param>
/// <param name="steps">Number of steps.</param>
public sealed class AutoProjectedGradientAttack(
    IScoreLoss loss,
    SortGradient gradient,
    AscentStart start,
    int steps = 100
) : IAttack
{
    readonly IScoreLoss loss = Argument.Given(loss);
    readonly int steps = Argument.AtLeast(steps, 0);

    // Far from uniform, and not so far that a row cannot come back.
    const float LeastStart = 1e-3f;

    const int PairedTargets = 3;

    public string Name =>
        $"Auto-PGD, {loss.Name}, {(gradient == SortGradient.Mean ? "BPDA" : "sub-gradient")}, from {start switch
    {
        AscentStart.Drawn => "drawn rows",
        AscentStart.Targets => "one-hot rows",
        _ => "honest rows",
    }}";

    public AttackAccess Access => AttackAccess.WhiteBox;

    public string Sends => $"softmax of logits that climb for {steps} steps of falling size";

    public Tensor Corrupt(AttackQuery query)
    {
        using var generator = RandomStream.Torch(query.Seed, Name);
        return QueryChunk.Corrupt(
            query,
            gradient,
            chunk =>
            {
                var logits = start switch
                {
                    AscentStart.Drawn => rand([chunk.Samples, chunk.Corrupted, chunk.Classes], generator: generator)
                        .to(chunk.Device),
                    AscentStart.Targets => TwoTargets.Best(chunk, PairedTargets).clamp_min(LeastStart).log(),
                    _ => LeastFavourable(chunk),
                };
                return new AutoProjectedGradient(steps).Ascend(chunk.Given, loss, chunk.Labels, logits);
            }
        );
    }

    /// <summary>Logits of the m honest rows with the least z_y − max_{k≠y} z_k of each sample.</summary>
    Tensor LeastFavourable(QueryChunk chunk)
    {
        using var scope = NewDisposeScope();
        var honest = Rows.Without(chunk.Answers, chunk.Query.Threat.Corrupted);
        var labels = chunk.Labels.view(-1, 1, 1).expand(-1, honest.shape[1], 1);
        var rival = honest.scatter(2, labels, full_like(labels, -1, dtype: honest.dtype)).amax([2L]);
        var order = (honest.gather(2, labels).squeeze(2) - rival).Ascending(1).narrow(1, 0, chunk.Corrupted);
        var rows = honest.gather(1, order.unsqueeze(2).expand(-1, -1, chunk.Classes));
        return rows.clamp_min(LeastStart).log().MoveToOuterDisposeScope();
    }
}
