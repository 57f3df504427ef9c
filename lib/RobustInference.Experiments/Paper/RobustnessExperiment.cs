using RobustInference.Catalogue;
using RobustInference.Running;

namespace RobustInference.Paper;

/// <summary>Table 2 of the paper, and Tables 6 and 7 for another α: aggregators × attacks.</summary>
public static class RobustnessExperiment
{
    /// <summary>n of all tables but Table 3.</summary>
    public const int Clients = 17;

    /// <summary>f of the paper's n = 17.</summary>
    public const int Corrupted = 4;

    /// <summary>The rules of the paper's table in its order, then a user's own.</summary>
    public static IReadOnlyList<string> Aggregators =>
        [
            RuleId.Mean,
            RuleId.CoordinateWiseMedian,
            RuleId.GeometricMedian,
            RuleId.CoordinateWiseTrimmedMean,
            RuleId.DeepSetTrimmedMean,
            .. RuleCatalog.Own.Select(entry => entry.Id),
        ];

    /// <summary>The table as data.</summary>
    /// <param name="dataset">Name of the data set.</param>
    /// <param name="alpha">α of the partition.</param>
    /// <param name="seeds">Which ensembles.</param>
    /// <param name="clients">n.</param>
    /// <param name="corrupted">f.</param>
    /// <param name="strong">Whether with the strong suite, which takes minutes a rule.</param>
    public static Experiment Experiment(
        string dataset,
        double alpha,
        IReadOnlyList<long> seeds,
        int clients = Clients,
        int corrupted = Corrupted,
        bool strong = false
    ) =>
        new(
            "table2",
            Title(dataset, alpha, clients, corrupted),
            [new EnsembleRange(dataset, alpha, clients, [corrupted], seeds)],
            [.. Aggregators.Select(name => (AggregatorSetting)name)],
            [
                .. AttackCatalog.Paper,
                .. AttackCatalog.Excluded,
                .. strong ? new AttackSetting[] { AttackId.StrongSuite } : [],
            ]
        );

    /// <summary>The rules that stand beside the paper's and, as these do not, know who answers.</summary>
    public static IReadOnlyList<string> Knowing { get; } =
    [RuleId.CertifiedVote, RuleId.CalibratedMedian, RuleId.CalibratedDeepSet];

    /// <summary>The same with a row for each of <see cref="Knowing"/>, where the ensembles are at hand or its cells are
    /// recorded.</summary>
    /// <param name="experiment">As <see cref="Experiment"/> gives it.</param>
    /// <param name="runner">Knows what is at hand.</param>
    public static Experiment WithKnowing(this Experiment experiment, CellRunner runner) =>
        experiment with
        {
            Aggregators =
            [
                .. experiment.Aggregators,
                .. Knowing
                    .Select(rule => (AggregatorSetting)rule)
                    .Where(rule => runner.CanShow(experiment with { Aggregators = [rule] })),
            ],
        };

    /// <summary>What stands over the table: α = 0.3 is the paper's Table 6, 0.8 its Table 7.</summary>
    public static string Title(string dataset, double alpha, int clients = Clients, int corrupted = Corrupted) =>
        FormattableString.Invariant(
            $"Table {alpha switch { 0.3 => 6, 0.8 => 7, _ => 2 }}, {PublishedNumbers.PaperName(dataset)}: "
        ) + FormattableString.Invariant($"α = {alpha}, n = {clients}, f = {corrupted}");

    /// <summary>Reads what is recorded and runs what is not; DeepSet-TM is trained once and then read from the
    /// cache.</summary>
    /// <param name="experiment">As <see cref="Experiment"/> gives it; the corrupted clients are drawn with the
    /// ensemble's seed.</param>
    /// <param name="runner">Where results are read from and written to.</param>
    /// <param name="progress">Told which ensemble, its stage and how much is done.</param>
    /// <param name="cancel">Checked between attacks and batches.</param>
    /// <exception cref="FileNotFoundException">An ensemble is not here and not recorded.</exception>
    public static RobustnessTable Run(
        Experiment experiment,
        CellRunner runner,
        Action<EnsembleProgress>? progress = null,
        CancellationToken cancel = default
    ) => RobustnessTable.Of(runner, runner.Run(experiment.Cells(), progress, cancel));
}
