using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Catalogue;
using RobustInference.Devices;
using RobustInference.Evaluation;
using RobustInference.Files;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Results;
using RobustInference.Serving;
using RobustInference.Training;

namespace RobustInference.Running;

/// <summary>Runs experiment cells, reusing recorded results.</summary>
/// <remarks>Cells of one ensemble are a group: it is opened, or its clients are trained, once, and each rule is made
/// once. A group belongs to one process at a time; groups and rules run in parallel, each on one thread, so that the
/// number of processors changes no result.</remarks>
/// <param name="store">Where results are.</param>
/// <param name="ensembles">Where ensembles are.</param>
/// <param name="trainedRules">The folder of trained rules.</param>
public sealed class CellRunner(ResultStore store, EnsembleSource ensembles, string trainedRules)
{
    const int FewSeeds = 10;
    const double TrainingShare = 20;
    static readonly TimeSpan BetweenClaims = TimeSpan.FromMilliseconds(200);

    readonly ConcurrentDictionary<string, string> files = [];

    /// <summary>On the workbook's own folders.</summary>
    public static CellRunner OfWorkbook { get; } =
        new(ResultStore.OfWorkbook, EnsembleSource.OfWorkbook(), WorkbookFolder.TrainedAggregators);

    /// <summary>Where its ensembles come from.</summary>
    public EnsembleSource Ensembles => ensembles;

    /// <summary>Takes in a rule that was trained before.</summary>
    /// <param name="path">A file of <c>workbook aggregator train</c>.</param>
    /// <returns>The rule as cells name it: by the bytes of its file.</returns>
    /// <exception cref="InvalidDataException">It is no such file.</exception>
    public AggregatorSetting AddTrained(string path)
    {
        using var rule = TrainedRuleFile.Read(path).Rule;
        using var file = InputFile.Open(path, "a trained rule");
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(file));
        files[sha256] = path;
        return new(RuleId.TrainedFile, new TrainedFileSettings(sha256, rule.Name));
    }

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
        ComputeDevice.Choose();
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
                .Where(seed => CanShow(experiment(seed), elsewhere)),
        ];
    }

    /// <summary>Whether an experiment can be shown: its ensembles are here, or all its cells are recorded.</summary>
    public bool CanShow(Experiment experiment) => CanShow(experiment, Elsewhere());

    bool CanShow(Experiment experiment, Lazy<ILookup<ExperimentCell, CellResult>> elsewhere) =>
        Groups(experiment.Cells())
            .All(group => ensembles.IsAtHand(group[0].Ensemble) || Recorded(group, elsewhere).Count == group.Count);

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
                $"no ensemble of {range.Dataset} with α = {range.Alpha} and {range.Clients} clients is "
            )
                + FormattableString.Invariant(
                    $"here ({range.Ensembles.First().Name}.npz), and no results of one are recorded; "
                )
                + "--ensembles says where else to look, 'workbook evaluate' takes any file"
        );
    }

    /// <summary>An experiment on all of its <see cref="KnownSeeds"/>.</summary>
    /// <param name="experiment">The experiment on given seeds.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public Experiment OnKnownSeeds(Func<IReadOnlyList<long>, Experiment> experiment) =>
        experiment(KnownSeeds(seed => experiment([seed])));

    /// <summary>Seeds of 0…9 whose cells are all recorded: where cells take long, these are what is shown unless seeds
    /// are named.</summary>
    /// <param name="parts">The experiments of one table on a given seed.</param>
    public IReadOnlyList<long> RecordedSeeds(Func<long, IReadOnlyList<Experiment>> parts)
    {
        var elsewhere = Elsewhere();
        return
        [
            .. Enumerable
                .Range(0, FewSeeds)
                .Select(seed => (long)seed)
                .Where(seed =>
                    Groups([.. parts(seed).SelectMany(part => part.Cells()).Distinct()])
                        .All(group => Recorded(group, elsewhere).Count == group.Count)
                ),
        ];
    }

    /// <summary>What is recorded of cells of one ensemble that is at hand.</summary>
    internal Dictionary<ExperimentCell, CellResult> Recorded(IReadOnlyList<ExperimentCell> cells) =>
        OnInput([.. cells.Distinct()], ensembles.InputOf(cells[0].Ensemble));

    /// <summary>Records a result that was measured elsewhere.</summary>
    internal void Record(CellResult result) => store.Put(result);

    Dictionary<ExperimentCell, CellResult> OnInput(IReadOnlyList<ExperimentCell> group, string input) =>
        group
            .Select(cell => store.Find(ResultConfiguration.Of(cell, input)))
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
        store.SweepAway(group.Select(cell => ResultConfiguration.Of(cell, input)));
        // While this process waited for the claim, another one may have done the work.
        foreach (var (cell, result) in OnInput(group, input))
            found[cell] = result;
        var missing = group.Where(cell => !found.ContainsKey(cell)).ToArray();
        if (missing.Length == 0)
            return;
        TorchThreads.One();
        using var archive = ensembles.Open(ensemble, progress, cancel);
        // What takes longest begins first, so that no processor waits for it at the end.
        var rules = missing.GroupBy(RuleOf).OrderByDescending(Effort).ToArray();
        double total = rules.Sum(Effort);
        var done = new double[rules.Length];
        Lock gate = new();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        ParallelMap.Run(
            rules.Length,
            r =>
            {
                TorchThreads.One();
                try
                {
                    Attack(
                        archive,
                        input,
                        [.. rules[r]],
                        (stage, share) =>
                        {
                            lock (gate)
                            {
                                done[r] = Effort(rules[r]) * share;
                                progress(stage, done.Sum() / total);
                            }
                        },
                        result =>
                        {
                            lock (gate)
                                found[result.Cell] = result;
                        },
                        stop.Token
                    );
                    return true;
                }
                catch
                {
                    stop.Cancel();
                    throw;
                }
            },
            // Rules would only wait for each other where they share a graphics processor and its memory.
            ComputeDevice.Default.IsHost()
                ? null
                : 1
        );
    }

    /// <summary>Cells with the same key are about one rule, which is made once.</summary>
    internal static (AggregatorSetting Rule, int? Corrupted) RuleOf(ExperimentCell cell) =>
        (cell.Aggregator, RuleCatalog.Named(cell.Aggregator.Name).IsForAnyCorrupted ? null : cell.Corrupted);

    /// <summary>What cells of one rule on the same answers have in common.</summary>
    internal static UncorruptedOutcomes SharedBy(IEnumerable<ExperimentCell> cells)
    {
        ExperimentCell[] all = [.. cells];
        int[] numbers = [.. all.Select(cell => cell.Corrupted).Distinct()];
        return new(
            numbers.Length > 1 ? numbers.Max() : 0,
            [
                .. all.Where(cell =>
                        cell.Attack
                            is { Name: AttackId.Certified, Settings: AdversarySettings { Adversary: Adversary.Fixed } }
                    )
                    .Select(cell => cell.Threat),
            ]
        );
    }

    /// <summary>Whether a process is at work on an ensemble that is at hand.</summary>
    public bool IsClaimed(EnsembleId ensemble) => store.IsClaimed(ensembles.KeyOf(ensemble));

    /// <summary>What must be trained before these cells can be run: each rule with the file that will keep
    /// it.</summary>
    /// <exception cref="FileNotFoundException">An ensemble is not here.</exception>
    public IReadOnlyList<(string Rule, string File)> ToTrain(IEnumerable<ExperimentCell> cells)
    {
        var training = new List<(string, string)>();
        foreach (var group in Groups(cells.Where(cell => RuleCatalog.Named(cell.Aggregator.Name).IsTrained)))
        {
            var ensemble = group[0].Ensemble;
            if (ensemble.Recipe is not null || !ensembles.IsAtHand(ensemble))
                continue;
            var recorded = OnInput(group, ensembles.InputOf(ensemble));
            var missing = group.Where(cell => !recorded.ContainsKey(cell)).ToArray();
            if (missing.Length == 0)
                continue;
            using var archive = ensembles.Open(ensemble, null, default);
            foreach (var cell in missing.DistinctBy(cell => cell.Aggregator))
                if (
                    RuleCatalog
                        .Named(cell.Aggregator.Name)
                        .TrainedFile?.Invoke(cell.Aggregator.Settings, InputsOf(archive, cell))
                        is { } file
                    && !File.Exists(file)
                )
                    training.Add(($"{cell.Aggregator.Label} on {ensembles.NameOf(ensemble)}", file));
        }
        return training;
    }

    /// <summary>A rule as cells have it: made from n and f, trained, or read.</summary>
    /// <param name="archive">The answers, and the validation data that it is trained on.</param>
    /// <param name="cell">Which rule, for which f, on which ensemble.</param>
    /// <param name="progress">Told a stage's name and how much is done, 0…1.</param>
    /// <param name="cancel">Checked while training.</param>
    /// <param name="scoring">Told the share of the samples that are answered, 0…1, by a rule that takes its
    /// time.</param>
    /// <returns>The caller disposes it.</returns>
    public Aggregator Make(
        ProbitArchive archive,
        ExperimentCell cell,
        Action<string, double>? progress = null,
        CancellationToken cancel = default,
        IProgress<double>? scoring = null
    ) =>
        RuleCatalog
            .Named(cell.Aggregator.Name)
            .Make(
                cell.Aggregator.Settings,
                InputsOf(archive, cell) with
                {
                    Progress = progress,
                    Cancel = cancel,
                    Scoring = scoring,
                }
            );

    RuleInputs InputsOf(ProbitArchive archive, ExperimentCell cell) =>
        new(
            ensembles.NameOf(cell.Ensemble),
            archive.Validation,
            archive.Test,
            cell.Ensemble.Clients,
            cell.Corrupted,
            trainedRules,
            Files: files
        );

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
            LongWork.ThrowIfCancelled(cancel);
        }
    }

    /// <summary>One rule under its attacks, one set of corrupted clients after the other.</summary>
    void Attack(
        ProbitArchive archive,
        string input,
        ExperimentCell[] cells,
        Action<string, double> progress,
        Action<CellResult> finished,
        CancellationToken cancel
    )
    {
        using var stopping = LongWork.StopBy(cancel);
        var clock = Stopwatch.StartNew();
        string label = cells[0].Aggregator.Label;
        double whole = Effort(cells),
            prepared = Training(cells[0].Aggregator) / whole;
        int done = 0;
        string attacked = "";
        var scoring = new Shares(share =>
            progress($"{label} under {attacked}, {100 * share:F0} %", prepared + (done + share) / whole)
        );
        using var rule = Make(archive, cells[0], (stage, share) => progress(stage, prepared * share), cancel, scoring);
        double preparation = clock.Elapsed.TotalSeconds;
        IReadOnlyList<IAttack> own = [.. AttackCatalog.Own.Select(entry => entry.Attack).OfType<IAttack>()];
        var shared = SharedBy(cells);
        foreach (var set in cells.GroupBy(cell => (cell.Corrupted, cell.Draw, cell.CorruptedClients)))
        {
            using var under = new RuleUnderAttack(
                archive.Test,
                rule,
                set.First().Threat,
                set.Key.Draw,
                archive.Validation,
                own,
                shared: shared
            );
            foreach (var cell in set)
            {
                LongWork.ThrowIfCancelled(cancel);
                attacked = cell.Attack.Name;
                progress($"{label} under {attacked}", prepared + done / whole);
                using var work = LongWork.Begin($"{label} under {attacked}");
                clock.Restart();
                var outcome = AttackCatalog
                    .Named(attacked)
                    .Outcome(
                        cell.Attack.Settings,
                        under,
                        (stage, share) =>
                            progress($"{label} under {attacked}, {stage}", prepared + (done + share) / whole),
                        cancel
                    );
                var result = CellResult.Of(
                    ResultConfiguration.Of(cell, input),
                    ensembles.InputName(cell.Ensemble),
                    outcome.Correct,
                    clock.Elapsed.TotalSeconds,
                    done == 0 ? preparation : 0,
                    outcome.Flags,
                    ComputeDevice.Default is var device && device.IsHost() ? null : ComputeDevice.NameOf(device)
                );
                store.Put(result);
                finished(result);
                done++;
            }
        }
    }

    /// <summary>A rule's own progress.</summary>
    sealed class Shares(Action<double> onShare) : IProgress<double>
    {
        public void Report(double value) => onShare(value);
    }
}
