using MathNet.Numerics.Statistics;
using RobustInference.Certificates;
using RobustInference.Evaluation;
using RobustInference.Probits;

namespace RobustInference.Running;

/// <summary>How much a figure for a fixed set of corrupted clients owes to the draw of that set: the one that the
/// tables use, beside others.</summary>
/// <param name="OfTables">Certified accuracy for the set of the tables, 0…1.</param>
/// <param name="Others">The same for draws with the seeds 0, 1, 2, …</param>
public sealed record SetDraws(double OfTables, IReadOnlyList<double> Others)
{
    /// <summary>Draws unless others are asked for.</summary>
    public const int Default = 20;

    public double Mean => Others.Mean();

    /// <summary>Sample standard deviation (n−1) over draws; NaN for one.</summary>
    public double Std => Others.StandardDeviation();

    /// <summary>Certifies the same answers against several sets.</summary>
    /// <param name="certificate">Of the rule in question.</param>
    /// <param name="answers">The ensemble.</param>
    /// <param name="threat">The set of the tables; the draws have as many clients.</param>
    /// <param name="draws">How many.</param>
    public static SetDraws Measure(ICertificate certificate, ProbitSet answers, ThreatModel threat, int draws = Default)
    {
        return new SetDraws(
            Certified(threat),
            [
                .. Enumerable
                    .Range(0, draws)
                    .Select(seed => Certified(ThreatModel.Draw(answers.Clients, threat.Count, seed))),
            ]
        );

        double Certified(ThreatModel set) =>
            RobustnessReport.Accuracy(certificate.Certified(answers, Adversary.Fixed, set));
    }
}
