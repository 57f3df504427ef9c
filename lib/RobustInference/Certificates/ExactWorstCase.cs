using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Certificates;

/// <summary>The exact worst case of a monotone static rule (Mean, CWMed, CWTM) against a fixed set of corrupted clients.</summary>
/// <remarks>
/// Let y be the label and k another class. Every score grows, or stays, with every coordinate of its own class and depends on no other class. So s_k − s_y
/// is largest when every corrupted row has its k-th coordinate at the maximum 1 and its y-th at the minimum 0, and a one-hot row of k has both at once.
/// Hence the least margin over all of Γ_f is min over k of s_y − s_k with all corrupted rows one-hot of k: K−1 evaluations, no search.
/// </remarks>
public static class ExactWorstCase
{
    /// <summary>The least margin s_y − max_{k≠y} s_k that the corrupted clients can bring about.</summary>
    /// <returns>[S]; a sample is safe where it is positive, and a tie counts as lost.</returns>
    /// <exception cref="ArgumentException">The rule is not monotone.</exception>
    public static Tensor Margins(Aggregator rule, ProbitSet answers, ThreatModel threat)
    {
        if (!rule.IsMonotone) throw new ArgumentException($"{rule.Name} is not monotone: its worst case is not known exactly");
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using var given = rule.Given(answers.Probits, threat.Corrupted);
        var own = answers.Labels.unsqueeze(1);
        var margins = full([answers.Samples], float.PositiveInfinity);
        for (int target = 0; target < answers.Classes; target++)
        {
            using var inner = NewDisposeScope();
            var rows = OneHot.Agreed(full_like(answers.Labels, target), threat.Count, answers.Classes);
            var scores = given.Scores(rows);
            var margin = scores.gather(1, own).squeeze(1) - scores.select(1, target);
            margin = where(answers.Labels == target, full_like(margin, float.PositiveInfinity), margin);
            margins.copy_(minimum(margins, margin));
        }
        return margins.MoveToOuterDisposeScope();
    }
}
