using RobustInference.Aggregators;
using RobustInference.Catalogue;
using RobustInference.Evaluation;
using RobustInference.Probits;
using RobustInference.Results;

namespace RobustInference.Running;

/// <summary>Certified accuracy of rules on one ensemble against every attack, beside what the strong suite leaves of
/// them: cells like all others, recorded and read again.</summary>
/// <param name="runner">Runs the cells.</param>
/// <param name="ensemble">Whose answers.</param>
/// <param name="threat">The fixed set, and f.</param>
/// <param name="seed">Random seed of attacks, and of the order in which a curve adds clients.</param>
/// <param name="streamed">Runs the cells where the answers are read in blocks.</param>
public sealed class Certification(
    CellRunner runner,
    EnsembleId ensemble,
    ThreatModel threat,
    long seed = 0,
    StreamedEvaluation? streamed = null
)
{
    readonly Dictionary<ExperimentCell, CellResult> known = [];

    /// <summary>On answers in memory, with the workbook's recorded results and trained rules.</summary>
    /// <param name="archive">The answers; the caller keeps them.</param>
    /// <param name="threat">The fixed set, and f.</param>
    /// <param name="seed">Random seed of attacks, and of the order in which a curve adds clients.</param>
    public static Certification Of(ProbitArchive archive, ThreatModel threat, long seed = 0)
    {
        var runner = CellRunner.OfWorkbook;
        return new(runner, runner.Ensembles.Add(archive, archive.Test.Name), threat, seed);
    }

    /// <summary>The fixed set, and f.</summary>
    public ThreatModel Threat => threat;

    /// <summary>The cells of <see cref="Run"/>.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="attack">Whether with the strong suite.</param>
    public IReadOnlyList<ExperimentCell> Cells(IEnumerable<RuleUnderThreat> rules, bool attack) =>
        [
            .. rules
                .SelectMany(rule => rule.Threats.SelectMany(adversary => Cells(rule.Rule, adversary, attack)))
                .Distinct(),
        ];

    /// <summary>Runs the cells of <see cref="Run"/>, <see cref="Curve"/> and <see cref="Draws"/> at once, so that each
    /// of these only reads them.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="attack">Whether with the strong suite, for <see cref="Run"/> alone.</param>
    /// <param name="progress">Told a stage's name and how much is done, 0…1.</param>
    /// <param name="cancel">Checked between cells; finished ones are recorded.</param>
    public void RunAll(
        IReadOnlyList<RuleUnderThreat> rules,
        bool attack,
        Action<string, double>? progress = null,
        CancellationToken cancel = default
    )
    {
        var drawn = Drawn(rules, learned: false);
        _ = Results(
            [
                .. Cells(rules, attack),
                .. Points(rules, attack: false).Select(point => point.Certified),
                .. drawn.SelectMany(rule => OfDraws(rule).Prepend(OfTables(rule))),
            ],
            progress,
            cancel
        );
    }

    /// <summary>Every rule under its threat models.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="attack">Whether to run the strong suite, which takes minutes where certificates take
    /// seconds.</param>
    /// <param name="progress">Told a stage's name and how much is done, 0…1.</param>
    /// <param name="cancel">Checked between cells; finished ones are recorded.</param>
    /// <exception cref="InvalidOperationException">An attack broke a certified sample.</exception>
    public IReadOnlyList<CertificationReport> Run(
        IReadOnlyList<RuleUnderThreat> rules,
        bool attack,
        Action<string, double>? progress = null,
        CancellationToken cancel = default
    )
    {
        var results = Results(Cells(rules, attack), progress, cancel);
        return
        [
            .. from rule in rules
            from adversary in rule.Threats
            let setting = rule.Rule.For(ensemble, threat.Count)
            select new CertificationReport(
                setting.Label,
                adversary,
                threat.Count,
                Of(setting, AttackId.Clean)!.Right(),
                Of(setting, AttackId.TheoremOne, adversary)?.Right(),
                Of(setting, AttackId.Certified, adversary)?.Right(),
                RuleCatalog.Named(setting.Name).Guarantee == RuleGuarantee.Exact,
                attack ? Of(setting, AttackId.StrongSuite, adversary)!.Right() : null,
                attack ? Of(setting, AttackId.StrongSuite, adversary)!.Flags ?? [] : []
            ),
        ];

        CellResult? Of(AggregatorSetting rule, string attack, Adversary? adversary = null) =>
            results.GetValueOrDefault(Cell(rule, attack, adversary, threat));
    }

    /// <summary>Certified accuracy against f = 0 … ⌊(n−1)/2⌋. The trimmed mean trims f; the trim of a learned rule is
    /// part of it and stays, so that nothing is certified beyond. Each fixed set holds the smaller ones.</summary>
    /// <param name="rules">Those without a certificate are left out.</param>
    /// <param name="attack">Whether to run the strong suite at every point.</param>
    /// <param name="progress">Told a stage's name and how much is done, 0…1.</param>
    /// <param name="cancel">Checked between points; finished ones are recorded.</param>
    public IReadOnlyList<CurvePoint> Curve(
        IReadOnlyList<RuleUnderThreat> rules,
        bool attack = false,
        Action<string, double>? progress = null,
        CancellationToken cancel = default
    )
    {
        var points = Points(rules, attack);
        var results = Results(
            points.SelectMany(point => new[] { point.Certified, point.Strong }).OfType<ExperimentCell>(),
            progress,
            cancel
        );
        return
        [
            .. points.Select(point => new CurvePoint(
                point.Label,
                ThreatName.Of(point.Adversary),
                point.Corrupted,
                results[point.Certified].Accuracy,
                point.Strong is null ? null : results[point.Strong].Accuracy
            )),
        ];
    }

    /// <summary>Certified accuracy for a fixed set over draws of that set, rule by rule.</summary>
    /// <param name="rules">Those without a certificate for a fixed set are left out.</param>
    /// <param name="learned">Whether learned rules too, whose certificates take seconds a draw and not a tenth of
    /// one.</param>
    /// <param name="progress">Told a stage's name and how much is done, 0…1.</param>
    /// <param name="cancel">Checked between draws; finished ones are recorded.</param>
    public IReadOnlyList<(string Aggregator, SetDraws Draws)> Draws(
        IReadOnlyList<RuleUnderThreat> rules,
        bool learned = false,
        Action<string, double>? progress = null,
        CancellationToken cancel = default
    )
    {
        var drawn = Drawn(rules, learned);
        var results = Results(drawn.SelectMany(rule => OfDraws(rule).Prepend(OfTables(rule))), progress, cancel);
        return
        [
            .. drawn.Select(rule =>
                (
                    rule.Label,
                    new SetDraws(
                        results[OfTables(rule)].Accuracy,
                        [.. OfDraws(rule).Select(cell => results[cell].Accuracy)]
                    )
                )
            ),
        ];
    }

    /// <summary>A rule's answers with scores and certified radii.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="archive">The ensemble's answers.</param>
    public IReadOnlyList<Prediction> Predict(AggregatorSetting rule, ProbitArchive archive)
    {
        using var made = runner.Make(archive, Clean(rule));
        return made.Predict(archive.Test);
    }

    /// <summary>The same where the answers are read in blocks, a block after the other.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="progress">Told how much is done, 0…1.</param>
    /// <param name="cancel">Checked between blocks.</param>
    /// <exception cref="InvalidOperationException">They are not read in blocks.</exception>
    public IEnumerable<Prediction> Predict(
        AggregatorSetting rule,
        Action<double>? progress,
        CancellationToken cancel
    ) =>
        (streamed ?? throw new InvalidOperationException("the answers are not read in blocks")).Predict(
            Clean(rule),
            progress,
            cancel
        );

    ExperimentCell Clean(AggregatorSetting rule) =>
        Cell(rule.For(ensemble, threat.Count), AttackId.Clean, null, threat);

    (string Label, Adversary Adversary, int Corrupted, ExperimentCell Certified, ExperimentCell? Strong)[] Points(
        IReadOnlyList<RuleUnderThreat> rules,
        bool attack
    ) =>
        [
            .. from rule in rules.Where(IsCertified)
            from adversary in rule.Threats
            from corrupted in Enumerable.Range(0, (ensemble.Clients - 1) / 2 + 1)
            let set = threat.Resized(corrupted, seed)
            let setting = rule.Rule.For(ensemble, threat.Count)
            select (
                setting.Label,
                adversary,
                corrupted,
                Cell(setting, AttackId.Certified, adversary, set),
                attack ? Cell(setting, AttackId.StrongSuite, adversary, set) : null
            ),
        ];

    AggregatorSetting[] Drawn(IReadOnlyList<RuleUnderThreat> rules, bool learned) =>
        [
            .. from rule in rules.Where(IsCertified)
            where rule.Threats.Contains(Adversary.Fixed)
            where learned || RuleCatalog.Named(rule.Rule.Name).Guarantee == RuleGuarantee.Exact
            select rule.Rule.For(ensemble, threat.Count),
        ];

    ExperimentCell OfTables(AggregatorSetting rule) => Cell(rule, AttackId.Certified, Adversary.Fixed, threat);

    IEnumerable<ExperimentCell> OfDraws(AggregatorSetting rule) =>
        Enumerable
            .Range(0, SetDraws.Default)
            .Select(draw => OfTables(rule) with { Draw = draw, CorruptedClients = null });

    static bool IsCertified(RuleUnderThreat rule) => RuleCatalog.Named(rule.Rule.Name).Guarantee != RuleGuarantee.None;

    IEnumerable<ExperimentCell> Cells(AggregatorSetting rule, Adversary adversary, bool attack)
    {
        var entry = RuleCatalog.Named(rule.Name);
        var setting = rule.For(ensemble, threat.Count);
        yield return Cell(setting, AttackId.Clean, null, threat);
        if (entry.HasKappa && (entry.Id != RuleId.Mean || threat.Count == 0))
            yield return Cell(setting, AttackId.TheoremOne, adversary, threat);
        if (entry.Guarantee != RuleGuarantee.None)
            yield return Cell(setting, AttackId.Certified, adversary, threat);
        if (attack)
            yield return Cell(setting, AttackId.StrongSuite, adversary, threat);
    }

    ExperimentCell Cell(AggregatorSetting rule, string attack, Adversary? adversary, ThreatModel set) =>
        new(
            ensemble,
            set.Count,
            seed,
            rule,
            new AttackSetting(attack, adversary is { } who ? new AdversarySettings(who) : null).Fixed(),
            ExperimentCell.Named(set, seed)
        );

    Dictionary<ExperimentCell, CellResult> Results(
        IEnumerable<ExperimentCell> cells,
        Action<string, double>? progress,
        CancellationToken cancel
    )
    {
        ExperimentCell[] missing = [.. cells.Distinct().Where(cell => !known.ContainsKey(cell))];
        var results = streamed is not null
            ? streamed.Run(missing, progress, cancel)
            : runner.Run(missing, at => progress?.Invoke(at.Stage, at.Done), cancel);
        foreach (var result in results)
            known[result.Cell] = result;
        return known;
    }
}
