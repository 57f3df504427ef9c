using RobustInference.Evaluation;

namespace RobustInference.Paper;

/// <summary>What one rule has over another on one ensemble.</summary>
/// <param name="Seed">Of the ensemble.</param>
/// <param name="Column">Strong suite or Certified.</param>
/// <param name="Aggregator">The rule.</param>
/// <param name="Over">The other one.</param>
/// <param name="Gain">Difference in accuracy, with a 95 % paired bootstrap interval over test samples.</param>
public sealed record CertificationGain(long Seed, string Column, string Aggregator, string Over, Interval Gain)
{
    public override string ToString() => $"{Column}, seed {Seed}: {Aggregator} {Gain.InPoints()} points over {Over}";
}
