using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Evaluation;
using RobustInference.Probits;

namespace RobustInference.Running;

/// <summary>What a rule keeps on some samples, each figure a mean over several draws of the corrupted clients,
/// 0…1.</summary>
/// <param name="Clean">Without corruption.</param>
/// <param name="Attacks">By the name of the attack: the paper's six.</param>
/// <param name="WorstCase">The least of the six, draw by draw.</param>
/// <param name="Pointwise">Right without corruption and under all six.</param>
/// <param name="OneHot">Pointwise, and under every one-hot target that all corrupted clients agree on: the first attack
/// of the strong suite, and the cheapest.</param>
public sealed record AdversarialFigures(
    double Clean,
    IReadOnlyDictionary<string, double> Attacks,
    double WorstCase,
    double Pointwise,
    double OneHot
)
{
    /// <summary>Attacks a rule.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="answers">The samples.</param>
    /// <param name="known">What the server knows; CPA takes its class priors from it.</param>
    /// <param name="corrupted">f.</param>
    /// <param name="draws">Seeds of the set of corrupted clients and of the attacks, draw by draw.</param>
    /// <param name="cancel">Checked between attacks.</param>
    public static AdversarialFigures Of(
        Aggregator rule,
        ProbitSet answers,
        ProbitSet known,
        int corrupted,
        IReadOnlyList<(long Set, long Attacks)> draws,
        CancellationToken cancel = default
    )
    {
        var reports = draws
            .Select(draw =>
                new RobustnessEvaluation(
                    answers,
                    known,
                    ThreatModel.Draw(answers.Clients, corrupted, draw.Set),
                    draw.Attacks
                ).Run(rule, AttackSuite.Paper, [new AllTargets()], cancel: cancel)
            )
            .ToArray();
        return new(
            RobustnessReport.Accuracy(reports[0].Clean),
            AttackSuite.Paper.ToDictionary(
                attack => attack.Name,
                attack =>
                    reports.Average(report =>
                        RobustnessReport.Accuracy(report.Attacked.First(entry => entry.Attack == attack.Name).Right)
                    )
            ),
            reports.Average(report => report.WorstCase),
            reports.Average(report => report.PointwiseWorstCase),
            reports.Average(report =>
                RobustnessReport.Accuracy([
                    .. report.Survives.Zip(report.Excluded[0].Right, (survives, right) => survives && right),
                ])
            )
        );
    }

    /// <summary>The mean of several.</summary>
    public static AdversarialFigures Mean(IReadOnlyList<AdversarialFigures> all) =>
        new(
            all.Average(figures => figures.Clean),
            all[0].Attacks.Keys.ToDictionary(name => name, name => all.Average(figures => figures.Attacks[name])),
            all.Average(figures => figures.WorstCase),
            all.Average(figures => figures.Pointwise),
            all.Average(figures => figures.OneHot)
        );
}
