using MathNet.Numerics.Statistics;
using RobustInference.Catalogue;
using RobustInference.Evaluation;
using RobustInference.Probits;
using RobustInference.Reporting;
using RobustInference.Results;
using RobustInference.Running;
using RobustInference.Training;

namespace RobustInference.Paper;

/// <summary>Every rule by what is known of it: accuracy without corruption, what the strong suite leaves, and what is
/// certified against every attack. The truth lies between the last two.</summary>
/// <param name="Rows">Tidy rows; the attack is Clean, Strong suite or Certified.</param>
/// <param name="Gains">Per seed, what a learned rule has over another in a column, with a paired bootstrap interval
/// over test samples.</param>
/// <param name="Notes">Lines that say where the numbers are from.</param>
public sealed record CertificationSummary(
    IReadOnlyList<ResultRow> Rows,
    IReadOnlyList<CertificationGain> Gains,
    IReadOnlyList<string> Notes
)
{
    /// <summary>Algorithm 1 with an inner attack that also tries every class.</summary>
    public const string AlsoOneHot = "DeepSet-TM, also against one-hot";

    /// <summary>The rules in the order of the table.</summary>
    public static IReadOnlyList<string> Order { get; } =
    [
        "Constant",
        "Mean",
        "CWMed",
        "GM",
        "CWTM",
        "Plurality vote",
        "DeepSet-TM",
        AlsoOneHot,
        "CertifiedDeepSet",
        RuleId.CertifiedVote,
        RuleId.CalibratedMedian,
    ];

    /// <summary>The table as data: the first part are rules with both figures, then the geometric median, which carries
    /// no certificate.</summary>
    /// <param name="dataset">Name of the data set.</param>
    /// <param name="alpha">α of the partition.</param>
    /// <param name="seeds">Which ensembles; the fixed set is drawn with the same seed.</param>
    /// <param name="adversary">Who picks the corrupted clients; CertifiedDeepSet is trained against the same.</param>
    /// <param name="attacked">Whether with the strong suite, which takes minutes a rule and ensemble. Without it, rules
    /// that have no certificate are left out. What was trained against one more attack stands only where it is attacked
    /// by a fixed set.</param>
    public static IReadOnlyList<Experiment> Experiments(
        string dataset,
        double alpha,
        IReadOnlyList<long> seeds,
        Adversary adversary,
        bool attacked = true
    )
    {
        var two = RobustnessExperiment.Experiment(dataset, alpha, seeds);
        AttackSetting strong = new(AttackId.StrongSuite, new AdversarySettings(adversary)),
            certified = new(AttackId.Certified, new AdversarySettings(adversary));
        AggregatorSetting alsoOneHot = new(
            RuleId.DeepSetTrimmedMean,
            RuleCatalog.DefaultDeepSet(dataset) with
            {
                Inner = InnerAttack.WorstOfProjectedGradientAndOneHot,
            }
        );
        AggregatorSetting[] adversarial =
            attacked && adversary == Adversary.Fixed
                ? [RuleId.DeepSetTrimmedMean, alsoOneHot]
                : [RuleId.DeepSetTrimmedMean];
        var both = two with
        {
            Id = "guarantees",
            Title = Title(dataset, alpha, adversary),
            Attacks = [AttackId.Clean, .. attacked ? [strong] : Array.Empty<AttackSetting>(), certified],
            Aggregators =
            [
                "Mean",
                "CWMed",
                "CWTM",
                "Plurality vote",
                "Constant",
                .. adversarial,
                new("CertifiedDeepSet", CertifiedRecipe.Default(0, adversary)),
                RuleId.CertifiedVote,
                RuleId.CalibratedMedian,
            ],
        };
        var parts = new List<Experiment> { both };
        if (attacked)
            parts.Add(both with { Id = "guarantees-gm", Attacks = [AttackId.Clean, strong], Aggregators = ["GM"] });
        return parts;
    }

    /// <summary>What stands over the table.</summary>
    public static string Title(string dataset, double alpha, Adversary adversary) =>
        FormattableString.Invariant($"What is known of each rule, {PublishedNumbers.PaperName(dataset)}: α = {alpha}, ")
        + $"n = {RobustnessExperiment.Clients}, f = {RobustnessExperiment.Corrupted}, "
        + (adversary == Adversary.Fixed ? "a fixed set" : "any clients");

    /// <summary>Reads what is recorded and runs what is not.</summary>
    public static CertificationSummary Run(
        IReadOnlyList<Experiment> experiments,
        CellRunner runner,
        Action<EnsembleProgress>? progress = null,
        CancellationToken cancel = default
    )
    {
        var results = runner.Run([.. experiments.SelectMany(experiment => experiment.Cells())], progress, cancel);
        return new(
            [.. results.GroupBy(result => (NameOf(result.Cell.Aggregator), result.Cell.Attack.Name)).Select(RowOf)],
            GainsOf(results),
            Provenance.Of(runner, results)
        );
    }

    /// <summary>The printed table.</summary>
    public Table ToTable(string title)
    {
        bool attacked = Rows.Any(row => row.Attack == AttackId.StrongSuite);
        string certified = "Certified: right whatever the corrupted clients send; exact for static rules.";
        return ResultTable.Pivot(
            ResultRow.ToDataFrame(Rows),
            title,
            [.. Order.Where(rule => Rows.Any(row => row.Aggregator == rule))],
            [AttackId.Clean, .. attacked ? [AttackId.StrongSuite] : Array.Empty<string>(), AttackId.Certified],
            notes:
            [
                attacked
                    ? "Strong suite: right under every attack that is known, sample by sample; of certified samples, "
                        + $"ascents and the blind attack are tried on 200 alone. {certified} GM carries no certificate."
                    : certified,
                .. Gains.Select(gain => gain.ToString()),
                .. KnownClients.Notes(Rows.Select(row => row.Aggregator)),
                .. Notes,
            ]
        );
    }

    static IReadOnlyList<CertificationGain> GainsOf(IReadOnlyList<CellResult> results) =>
        [
            .. from result in results
            let name = NameOf(result.Cell.Aggregator)
            let column = result.Cell.Attack.Name
            where
                column == AttackId.Certified
                    && name is "CertifiedDeepSet" or RuleId.CertifiedVote or RuleId.CalibratedMedian
                || column == AttackId.StrongSuite
                    && name is AlsoOneHot or "CertifiedDeepSet" or RuleId.CertifiedVote or RuleId.CalibratedMedian
            let rivals = results
                .Where(other =>
                    other.Cell.Ensemble == result.Cell.Ensemble
                    && other.Cell.Attack == result.Cell.Attack
                    && (
                        column == AttackId.Certified
                            ? other.Cell.Aggregator.Settings is null
                            : NameOf(other.Cell.Aggregator) == "DeepSet-TM"
                    )
                )
                .ToArray()
            where rivals.Length > 0
            let best = rivals.MaxBy(rival => rival.Accuracy)
            select new CertificationGain(
                result.Cell.Ensemble.Seed,
                column,
                name,
                NameOf(best.Cell.Aggregator),
                PairedBootstrap.OfWorstCase([result.Right()], [best.Right()])
            ),
        ];

    static ResultRow RowOf(IGrouping<(string Name, string Attack), CellResult> group)
    {
        var (ensemble, corrupted, _, _, _, _) = group.First().Cell;
        double[] values = [.. group.Select(result => result.Accuracy)];
        return new ResultRow(
            ensemble.Dataset,
            ensemble.Alpha,
            ensemble.Clients,
            corrupted,
            group.Key.Name,
            group.Key.Attack,
            values.Mean(),
            values.Length > 1 ? values.StandardDeviation() : null,
            [.. group.Select(result => result.Cell.Ensemble.Seed)],
            Model: ensemble.Kind?.Name
        );
    }

    static string NameOf(AggregatorSetting rule) =>
        rule.Settings is DeepSetRecipe { Inner: InnerAttack.WorstOfProjectedGradientAndOneHot }
            ? AlsoOneHot
            : rule.Name;
}
