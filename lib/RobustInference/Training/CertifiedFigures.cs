using RobustInference.Aggregators;
using RobustInference.Certificates;
using RobustInference.Evaluation;
using RobustInference.Numerics;
using RobustInference.Probits;
using static TorchSharp.torch;

namespace RobustInference.Training;

/// <summary>What a rule with a certificate does on some samples, 0…1.</summary>
/// <param name="Clean">Accuracy without corruption.</param>
/// <param name="Fixed">Certified accuracy for a fixed set of corrupted clients, the mean over some draws of it.</param>
/// <param name="Any">Certified accuracy for any set.</param>
/// <param name="Answered">Classes that it answers at all.</param>
/// <param name="FixedOfClass">Certified accuracy of each class for a fixed set, the mean over the same draws.</param>
/// <param name="AnyOfClass">Certified accuracy of each class for any set.</param>
/// <param name="Mean">Accuracy of the plain mean.</param>
public sealed record CertifiedFigures(
    double Clean,
    double Fixed,
    double Any,
    int Answered,
    IReadOnlyList<double> FixedOfClass,
    IReadOnlyList<double> AnyOfClass,
    double Mean
)
{
    /// <summary>A class is given up where less than this share of its samples is certified.</summary>
    public const double LeastCovered = 0.01;

    /// <summary>Classes that are not given up against any set.</summary>
    public int Covered => AnyOfClass.Count(share => share >= LeastCovered);

    const int Draws = 5;

    /// <summary>Measures a rule, with fixed sets that are drawn for this purpose.</summary>
    /// <param name="rule">With a certificate for both threat models.</param>
    /// <param name="answers">The samples.</param>
    /// <param name="corrupted">f.</param>
    /// <param name="seed">Of the draws.</param>
    public static CertifiedFigures Of(Aggregator rule, ProbitSet answers, int corrupted, long seed)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var scores = rule.Scores(answers.Probits);
        long[] labels = answers.Labels.Integers();
        bool[] any = Certified(Adversary.Any, 0);
        var known = new double[answers.Classes];
        double sum = 0;
        for (int draw = 0; draw < Draws; draw++)
        {
            bool[] certified = Certified(Adversary.Fixed, draw);
            sum += RobustnessReport.Accuracy(certified);
            foreach (var (share, k) in OfClasses(certified).Select((share, k) => (share, k)))
                known[k] += share / Draws;
        }
        return new(
            RobustnessReport.Accuracy(Predictions.Correct(scores, answers.Labels)),
            sum / Draws,
            RobustnessReport.Accuracy(any),
            scores.argmax(1).Integers().Distinct().Count(),
            known,
            OfClasses(any),
            RobustnessReport.Accuracy(Predictions.Correct(new Mean().Scores(answers.Probits), answers.Labels))
        );

        double[] OfClasses(bool[] certified) => ClassAccuracy.Of(certified, labels, answers.Classes);

        bool[] Certified(Adversary adversary, int draw) =>
            rule.Certificate(adversary)!
                .Certified(
                    answers,
                    adversary,
                    ThreatModel.Draw(
                        answers.Clients,
                        corrupted,
                        (long)(RandomStream.Derive(seed, "held-out-threat", draw) >> 1)
                    )
                );
    }
}
