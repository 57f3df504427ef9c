using RobustInference.Networks;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>COPUR's purification of logits H (Liu et al., 2022): L starts at AE(H) and takes 100 steps of Adam on Σ_i
/// ‖AE(L)_i − H_i‖, then 10·f on 100·Σ_i ‖AE(L)_i − L_i‖ + Σ_i ‖H_i − L_i‖, with i over clients.</summary>
/// <remarks>Norms are of one sample and client, not of a batch as in the authors' code, and Adam keeps its moments for
/// every number: a sample is purified as if it were alone. Adam starts anew in the second stage. Weights are constants,
/// so the gradient is written out: four products forward, four back, no graph.
/// </remarks>
/// <param name="network">Its auto-encoder.</param>
/// <param name="corrupted">f.</param>
/// <param name="reconstructionSteps">Steps of the first stage.</param>
/// <param name="stepsPerCorrupted">Steps of the second stage for each corrupted client.</param>
public sealed class Purification(
    CopurNetwork network,
    int corrupted,
    int reconstructionSteps = 100,
    int stepsPerCorrupted = 10
)
{
    readonly CopurNetwork network = Argument.Given(network);
    readonly int corrupted = Argument.AtLeast(corrupted, 0);
    readonly int reconstructionSteps = Argument.AtLeast(reconstructionSteps, 0),
        stepsPerCorrupted = Argument.AtLeast(stepsPerCorrupted, 0);

    /// <summary>Adam's.</summary>
    public const double LearningRate = 0.1;

    /// <summary>What being on the auto-encoder's manifold counts in the second stage.</summary>
    public const double OnManifold = 100;

    const int Chunk = 256;
    const float Least = 1e-20f;

    /// <summary>Purifies every sample.</summary>
    /// <param name="logits">H, [B, nK].</param>
    /// <param name="progress">Told the share of the samples that is done.</param>
    /// <returns>L, [B, nK].</returns>
    public Tensor Purify(Tensor logits, IProgress<double>? progress = null)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var purified = empty_like(logits);
        long samples = logits.shape[0];
        for (long from = 0; from < samples; from += Chunk)
        {
            using var inner = NewDisposeScope();
            long count = Math.Min(Chunk, samples - from);
            var own = logits.narrow(0, from, count);
            // A lone row goes through another routine of torch's, whose last bits the steps would amplify to the second
            // decimal of a score.
            purified
                .narrow(0, from, count)
                .copy_(PurifyChunk(count > 1 ? own : own.repeat(2, 1)).narrow(0, 0, count));
            progress?.Report((double)(from + count) / samples);
        }
        return purified.MoveToOuterDisposeScope();
    }

    Tensor PurifyChunk(Tensor given)
    {
        var current = network.Reconstruct(given);
        Descend(current, reconstructionSteps, gradient: pass => pass.PullBack(Directions(pass.Output - given)));
        Descend(
            current,
            stepsPerCorrupted * corrupted,
            gradient: pass =>
            {
                var off = Directions(pass.Output - current).mul_(OnManifold);
                return pass.PullBack(off).sub_(off).add_(Directions(current - given));
            }
        );
        return current;
    }

    void Descend(Tensor current, int steps, Func<AutoEncoderPass, Tensor> gradient)
    {
        using var adam = new ElementwiseAdam(current, LearningRate);
        for (int i = 0; i < steps; i++)
        {
            LongWork.ThrowIfCancelled();
            using var inner = NewDisposeScope();
            adam.StepInplace(current, gradient(new AutoEncoderPass(network, current)));
        }
    }

    /// <summary>The gradient of Σ_i ‖difference_i‖: every client's row divided by its length, zero where it has
    /// none.</summary>
    /// <param name="difference">[B, nK], changed in place.</param>
    Tensor Directions(Tensor difference)
    {
        var rows = difference.view(-1, network.Clients, network.Classes);
        rows.div_(rows.norm(2, keepdim: true, p: 2).clamp_min_(Least));
        return difference;
    }
}
