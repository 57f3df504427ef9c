using System.Diagnostics;
using RobustInference.Catalogue;
using RobustInference.Evaluation;
using RobustInference.Numerics;
using RobustInference.Paper;
using RobustInference.Probits;
using RobustInference.Results;

namespace RobustInference.Running;

/// <summary>The one way in which cells are run, whoever asks: recorded ones are read, missing ones are run and
/// recorded.</summary>
/// <remarks>Cells of one ensemble are a group: it is opened, or its clients are trained, once, and each rule is made
/// once. A group belongs to one process at a time; groups run side by side.</remarks>
/// <param name="store">Where results are.</param>
/// <param name="ensembles">Where ensembles are.</param>
/// <param name="trainedRules">The folder of trained rules.</param>
public sealed class CellRunner(ResultStore store, EnsembleSource ensembles, string trainedRules)
{
    const int FewSeeds = 10;
    const double TrainingShare = 20;
    static readonly TimeSpan BetweenClaims = TimeSpan.FromMilliseconds(200);

    /// <summary>On the workbook's own folders.</summary>
    public static CellRunner OfWorkbook { get; } =
        new(ResultStore.OfWorkbook, EnsembleSource.OfWorkbook(), WorkbookFolder.TrainedAggregators);

    /// <summary>The cells of one ensemble each, in the order in which they come.</summary>
    public static IReadOnlyList<IReadOnlyList<ExperimentCell>> Groups(IEnumerable<ExperimentCell> cells) =>
        [.. cells.Distinct().GroupBy(cell => cell.Ensemble).Select(group => (IReadOnlyList<ExperimentCell>)[.. group])];

    /// <summary>The results of <paramref name="cells"/>.</summary>
    /// <param name="cells">Results come in their order.</param>
    /// <param name="progress">Told about a group (its number in <see cref="Groups"/>), its stage and how much is
    /// done.</param>
    /// <param name="cancel">Checked between attacks and batches; what is finished is recorded.</param>
    /// <exception cref="FileNotFoundException">An ensemble is not here, and not all its cells are recorded.</exception>
    /// <exception cref="IOException">A result cannot be recorded.</exception>
    public IReadOnlyList<CellResult> Run(
        IReadOnlyList<ExperimentCell> cells,
        Action<EnsembleProgress>? progress = null,
        CancellationToken cancel = default
    )
    {
        var groups = Groups(cells);
        var elsewhere = Elsewhere();
        var found = groups.Select(group => Recorded(group, elsewhere)).ToArray();
        // What cannot be run shall be said before hours of work, not after.
        for (int g = 0; g < groups.Count; g++)
            if (found[g].Count < groups[g].Count)
                ensembles.InputOf(groups[g][0].Ensemble);
        ParallelMap.Run(
            groups.Count,
            g =>
            {
                if (found[g].Count < groups[g].Count)
                    Complete(groups[g], found[g], (stage, done) => progress?.Invoke(new(g, stage, done)), cancel);
                progress?.Invoke(new(g, "done", 1));
                return true;
            }
        );
        var results = found.SelectMany(group => group).ToDictionary();
        return [.. cells.Select(cell => results[cell])];
    }

    /// <summary>What is recorded of each group: on the ensemble at hand, or where that is not here, on the one input
    /// that all its cells are recorded for.</summary>
    public IReadOnlyList<IReadOnlyDictionary<ExperimentCell, CellResult>> Recorded(
        IReadOnlyList<IReadOnlyList<ExperimentCell>> groups
    )
    {
        var elsewhere = Elsewhere();
        return [.. groups.Select(group => Recorded(group, elsewhere))];
    }

    Dictionary<ExperimentCell, CellResult> Recorded(
        IReadOnlyList<ExperimentCell> group,
        Lazy<ILookup<ExperimentCell, CellResult>> elsewhere
    )
    {
        if (ensembles.IsAtHand(group[0].Ensemble))
            return OnInput(group, ensembles.InputOf(group[0].Ensemble));
        return group
                .SelectMany(cell => elsewhere.Value[cell])
                .GroupBy(result => result.Configuration.Input)
                .Where(input => input.Count() == group.Count)
                .OrderByDescending(input => input.First().Samples)
                .ThenBy(input => input.Key, StringComparer.Ordinal)
                .FirstOrDefault()
                ?.ToDictionary(result => result.Cell)
            ?? [];
    }

    /// <summary>Everything that is recorded, by cell; read only if an ensemble is not here.</summary>
    Lazy<ILookup<ExperimentCell, CellResult>> Elsewhere() =>
        new(() => store.All().ToLookup(file => file.Result.Cell, file => file.Result));

    /// <summary>Seeds of 0…9 for which an experiment can be shown: its ensembles are here, or all its cells are
    /// recorded.</summary>
    public IReadOnlyList<long> Seeds(Func<long, Experiment> experiment)
    {
        var elsewhere = Elsewhere();
        return
        [
            .. Enumerable
                .Range(0, FewSeeds)
                .Select(seed => (long)seed)
                .Where(seed =>
                    Groups(experiment(seed).Cells())
                        .All(group =>
                            ensembles.IsAtHand(group[0].Ensemble) || Recorded(group, elsewhere).Count == group.Count
                        )
                ),
        ];
    }

    /// <summary>As <see cref="Seeds"/>, of which there must be one.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public IReadOnlyList<long> KnownSeeds(Func<long, Experiment> experiment)
    {
        var known = Seeds(experiment);
        if (known.Count > 0)
            return known;
        var range = experiment(0).Ensembles[0];
        throw new FileNotFoundException(
            FormattableString.Invariant(
                $"no ensemble of {range.Dataset} with α = {range.Alpha} and {range.Clients} clients is here ({range.Ensembles.First().Name}.npz), and no results of one are recorded; --ensembles says where else to look, 'workbook evaluate' takes any file"
            )
        );
    }

    /// <summary>An experiment on all of its <see cref="KnownSeeds"/>.</summary>
    /// <param name="experiment">The experiment on given seeds.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public Experiment OnKnownSeeds(Func<IReadOnlyList<long>, Experiment> experiment) =>
        experiment(KnownSeeds(seed => experiment([seed])));

    /// <summary>Seeds of 0…9 whose cells are all recorded: where cells take long, these are what is shown unless seeds
    /// are named.</summary>
    public IReadOnlyList<long> RecordedSeeds(Func<long, Experiment> experiment)
    {
        var elsewhere = Elsewhere();
        return
        [
            .. Enumerable
                .Range(0, FewSeeds)
                .Select(seed => (long)seed)
                .Where(seed =>
                    Groups(experiment(seed).Cells()).All(group => Recorded(group, elsewhere).Count == group.Count)
                ),
        ];
    }

    /// <summary>Lines that say which clients answered, and on what results were computed where that is not
    /// here.</summary>
    public IReadOnlyList<string> Provenance(IReadOnlyList<CellResult> results) =>
        [
            .. results
                .Select(result => (result.Cell.Ensemble.Dataset, Clients: result.Cell.Ensemble.Kind?.Title))
                .Distinct()
                .Where(kind => kind.Clients is not null)
                .Select(kind =>
                    $"Clients: {kind.Clients}{(PublishedNumbers.PaperClients(kind.Dataset) is { } papers ? $"; the paper's are {papers}" : "")}."
                ),
            .. results
                .Where(result => !ensembles.IsAtHand(result.Cell.Ensemble))
                .GroupBy(result => (result.Cell.Ensemble.Name, result.Configuration.Input))
                .Select(group =>
                    $"{group.Key.Name}: recorded on {group.First().InputName} with SHA-256 {group.Key.Input[..12]}…, {group.First().Samples:N0} test samples, which is not here."
                ),
        ];

    Dictionary<ExperimentCell, CellResult> OnInput(IReadOnlyList<ExperimentCell> group, string input) =>
        group
            .Select(cell => store.Find(new ResultConfiguration(cell, input)))
            .OfType<CellResult>()
            .ToDictionary(result => result.Cell);

    void Complete(
        IReadOnlyList<ExperimentCell> group,
        Dictionary<ExperimentCell, CellResult> found,
        Action<string, double> progress,
        CancellationToken cancel
    )
    {
        var ensemble = group[0].Ensemble;
        string input = ensembles.InputOf(ensemble);
        using var claim = Claim(ensembles.KeyOf(ensemble), progress, cancel);
        var configurations = group.Select(cell => new ResultConfiguration(cell, input)).ToArray();
        store.SweepAway(configurations);
        // While this process waited for the claim, another one may have done the work.
        foreach (var (cell, result) in OnInput(group, input))
            found[cell] = result;
        var missing = group.Where(cell => !found.ContainsKey(cell)).ToArray();
        if (missing.Length == 0)
            return;
        TorchThreads.One();
        using var archive = ensembles.Open(ensemble, progress, cancel);
        var rules = missing.GroupBy(cell => (cell.Corrupted, cell.Draw, cell.Aggregator)).ToArray();
        double total = rules.Sum(Effort),
            done = 0;
        foreach (var rule in rules)
        {
            double before = done;
            Attack(
                archive,
                input,
                [.. rule],
                (stage, share) => progress(stage, (before + share * Effort(rule)) / total),
                result => found[result.Cell] = result,
                cancel
            );
            done += Effort(rule);
        }
    }

    /// <summary>Whether a process is at work on an ensemble that is at hand.</summary>
    public bool IsClaimed(EnsembleId ensemble) => store.IsClaimed(ensembles.KeyOf(ensemble));

    /// <summary>How much there is to do, in attacks.</summary>
    static double Effort(IEnumerable<ExperimentCell> rule) => Training(rule.First().Aggregator) + rule.Count();

    static double Training(AggregatorSetting rule) => RuleCatalog.Named(rule.Name).IsTrained ? TrainingShare : 0;

    IDisposable Claim(string work, Action<string, double> progress, CancellationToken cancel)
    {
        while (true)
        {
            if (store.Claim(work) is { } claim)
                return claim;
            progress("another process is at work on it", 0);
            cancel.WaitHandle.WaitOne(BetweenClaims);
            cancel.ThrowIfCancellationRequested();
        }
    }

    /// <summary>One rule under its attacks.</summary>
    void Attack(
        ProbitArchive archive,
        string input,
        ExperimentCell[] cells,
        Action<string, double> progress,
        Action<CellResult> finished,
        CancellationToken cancel
    )
    {
        var (ensemble, corrupted, draw, setting, _) = cells[0];
        var clock = Stopwatch.StartNew();
        double whole = Effort(cells),
            prepared = Training(setting) / whole;
        int current = 0;
        var scoring = new Shares(share =>
            progress(
                $"{setting.Name} under {cells[current].Attack.Name}, {100 * share:F0} %",
                prepared + (current + share) / whole
            )
        );
        using var rule = RuleCatalog
            .Named(setting.Name)
            .Make(
                setting.Settings,
                new RuleInputs(
                    ensemble.Name,
                    archive.Validation,
                    ensemble.Clients,
                    corrupted,
                    trainedRules,
                    (stage, done) => progress(stage, prepared * done),
                    cancel,
                    scoring
                )
            );
        using var attacked = new RuleUnderAttack(
            rule,
            archive.Test,
            archive.Validation,
            ThreatModel.Draw(ensemble.Clients, corrupted, draw),
            draw
        );
        double preparation = clock.Elapsed.TotalSeconds;
        for (int i = 0; i < cells.Length; i++)
        {
            cancel.ThrowIfCancellationRequested();
            current = i;
            var attack = cells[i].Attack;
            progress($"{setting.Name} under {attack.Name}", prepared + i / whole);
            clock.Restart();
            bool[] right = AttackCatalog
                .Named(attack.Name)
                .Outcome(
                    attack.Settings,
                    attacked,
                    (stage, share) =>
                        progress($"{setting.Name} under {attack.Name}, {stage}", prepared + (current + share) / whole),
                    cancel
                );
            var result = CellResult.Of(
                new ResultConfiguration(cells[i], input),
                EnsembleSource.InputName(ensemble),
                right,
                clock.Elapsed.TotalSeconds,
                i == 0 ? preparation : 0
            );
            store.Put(result);
            finished(result);
        }
    }

    /// <summary>A rule's own progress.</summary>
    sealed class Shares(Action<double> onShare) : IProgress<double>
    {
        public void Report(double value) => onShare(value);
    }
}
