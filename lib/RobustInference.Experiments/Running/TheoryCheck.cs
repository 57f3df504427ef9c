using RobustInference.Aggregators;
using RobustInference.Certificates;
using RobustInference.Evaluation;
using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Running;

/// <summary>One point of Figure 3.</summary>
/// <param name="Corrupted">f.</param>
/// <param name="Pull">λ: every client's answer is pulled towards the ensemble's mean, (1−λ)h_i + λh̄; 0 is the real
/// ensemble, 1 a homogeneous one.</param>
/// <param name="Spread">Mean of σ_x.</param>
/// <param name="Margin">Mean of the mean's margin.</param>
/// <param name="Bound">Theorem 1's bound on the robustness gap, for any f clients.</param>
/// <param name="Gap">The gap that the draws of f clients really bring about, exactly, averaged over draws.</param>
public sealed record TheoryPoint(int Corrupted, double Pull, double Spread, double Margin, double Bound, double Gap);

/// <summary>Figure 3 of the paper: the measured robustness gap of CWTM against Theorem 1's bound.</summary>
/// <remarks>The gap is the share of samples on which the corrupted clients can make CWTM answer otherwise than the
/// plain mean of all n uncorrupted answers did. For a given set of clients it is known exactly
/// (<see cref="RangeMeanWorstCase"/>). On real ensembles the bound is nearly 1; pulling the clients towards their mean
/// keeps the margins and shrinks σ_x, which shows where it begins to say something.
/// </remarks>
public static class TheoryCheck
{
    /// <summary>One point.</summary>
    /// <param name="answers">The ensemble.</param>
    /// <param name="corrupted">f.</param>
    /// <param name="pull">λ in 0…1.</param>
    /// <param name="draws">Draws of the corrupted clients to average over.</param>
    public static TheoryPoint Measure(ProbitSet answers, int corrupted, double pull = 0, int draws = 5)
    {
        using var scope = NewDisposeScope();
        var mean = answers.Probits.mean([1L], keepdim: true);
        var pulled = (float)pull * mean + (float)(1 - pull) * answers.Probits;
        var answersOfMean = mean.squeeze(1).argmax(1);
        using var set = ProbitSet.FromProbits(
            answers.Name,
            pulled.contiguous().data<float>().ToArray(),
            pulled.shape,
            answersOfMean.data<long>().ToArray()
        );
        var certificate = new RangeMeanWorstCase(new CoordinateWiseTrimmedMean(corrupted));
        double gap = Enumerable
            .Range(0, draws)
            .Average(seed =>
                1
                - RobustnessReport.Accuracy(
                    certificate.Certified(set, Adversary.Fixed, ThreatModel.Draw(answers.Clients, corrupted, seed))
                )
            );
        return new TheoryPoint(
            corrupted,
            pull,
            TheoremOne.Spread(set.Probits).mean().item<float>(),
            TheoremOne.Margin(set.Probits).mean().item<float>(),
            TheoremOne.Bound(set, corrupted),
            gap
        );
    }
}
