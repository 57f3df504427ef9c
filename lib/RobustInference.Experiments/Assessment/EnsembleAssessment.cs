using System.Security.Cryptography;
using RobustInference.Catalogue;
using RobustInference.Certificates;
using RobustInference.Inputs;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Results;
using RobustInference.Running;
using RobustInference.Training;

namespace RobustInference.Assessment;

/// <summary>Looks an ensemble over and says how far it can be trusted: rules are certified against any f clients per
/// sample, learned ones attacked too, and sets of liars compared.</summary>
/// <param name="runner">Runs and records the cells.</param>
/// <param name="input">The answers; the caller keeps them.</param>
/// <param name="options">What to look at.</param>
public sealed class EnsembleAssessment(CellRunner runner, InputEnsemble input, ReportOptions options)
{
    const int QuickPasses = 16,
        QuickVotePasses = 24,
        MostSets = 500,
        DrawnSets = 200,
        SetSamples = 2000,
        EdgeSamples = 12,
        FurtherCorrupted = 2;

    readonly ProbitArchive archive = input.Archive;

    /// <summary>Does it all.</summary>
    /// <param name="progress">Told a phase and how much of everything is done, 0…1, never less than before.</param>
    /// <param name="cancel">Checked between cells and sets; finished cells are recorded.</param>
    /// <exception cref="ArgumentException">An f ≥ n/2.</exception>
    public EnsembleReport Run(Action<string, double>? progress = null, CancellationToken cancel = default)
    {
        foreach (int f in options.Corrupted)
            _ = ThreatModel.Draw(archive.Test.Clients, f, 0);
        var told = new RisingProgress(progress);
        told.Begin("looking at clients", 0.03);
        var facts = InputFacts.Of(input);
        var findings = Doctor.Examine(facts);
        var clients = ClientFacts.Of(archive.Test, input.Names);
        told.Begin("training and certifying", 0.55);
        var ensemble = runner.Ensembles.Add(input);
        int last = options.Corrupted[^1],
            most = Math.Min((archive.Test.Clients - 1) / 2, last + FurtherCorrupted);
        int[] all = [.. Enumerable.Range(0, most + 1)];
        var certified = new Dictionary<int, IReadOnlyList<CertificationReport>>();
        foreach (var (f, i) in all.Select((f, i) => (f, i)))
            certified[f] = new Certification(runner, ensemble, ThreatModel.Draw(archive.Test.Clients, f, 0)).Run(
                RulesFor(f),
                attack: false,
                (stage, done) => told.Report(stage, (i + done) / all.Length),
                cancel
            );
        told.Begin("attacking", 0.8);
        var attacked = Attacked(told, cancel);
        var judged = options.Corrupted.Select(f => certified[f]).ToArray();
        var verdict = Verdict.Of(archive.Test.Clients, Adversary.Any, judged, IsLearned);
        told.Begin("comparing sets of liars", 0.98);
        var sets = Sets(certified, told, cancel);
        told.Begin("writing", 1);
        string? network = Network(verdict.Points[^1].Best.Aggregator);
        told.Report("", 1);
        return new(
            input.FullTitle,
            input.Understood,
            findings,
            verdict,
            archive.Test.Samples,
            [.. Enumerable.Range(0, archive.Test.Classes).Select(input.Names.Class)],
            [
                .. from f in all
                from report in certified[f]
                select new RuleFacts(
                    report.Aggregator,
                    IsLearned(report.Aggregator),
                    f,
                    Share.Of(report.Clean),
                    report.Certified is { } sure ? Share.Of(sure) : null,
                    report.IsExact && report.Certified is { } exact ? Share.Of(exact)
                        : attacked.TryGetValue((report.Aggregator, f), out var found) ? Left(report, found)
                        : null
                ),
            ],
            clients,
            ClassBalance.Of(facts),
            PerClass(certified[last]),
            sets,
            Edge(verdict.Points[^1].Best.Aggregator, last),
            network is null ? null : Path.GetRelativePath(Environment.CurrentDirectory, network),
            network is null ? null : Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(network)))
        );
    }

    /// <summary>What will be trained, for a word before it.</summary>
    public IReadOnlyList<(string Rule, string File)> ToTrain() =>
        runner.ToTrain(
            options.Corrupted.SelectMany(f =>
                new Certification(
                    runner,
                    runner.Ensembles.Add(input),
                    ThreatModel.Draw(archive.Test.Clients, f, 0)
                ).Cells(RulesFor(f), false)
            )
        );

    static bool IsLearned(string rule) => RuleCatalog.Find(rule) is { IsTrained: true } or { Id: RuleId.TrainedFile };

    IEnumerable<RuleUnderThreat> Learned(int corrupted)
    {
        if (options.Aggregator is { } file)
            return [new(runner.AddTrained(file), Adversary.Any)];
        // A rule that was trained for f says something about fewer liars too: one network for each f asked for.
        int trained = options.Corrupted.FirstOrDefault(f => f >= corrupted, options.Corrupted[^1]);
        if (options.Training == ReportTraining.None || archive.Validation is null || trained == 0)
            return [];
        var recipe = CertifiedRecipe.Default(trained, Adversary.Any);
        var vote = new CertifiedVoteRecipe(trained);
        if (options.Training == ReportTraining.Quick)
            (recipe, vote) = (
                recipe with
                {
                    Passes = Quick(QuickPasses),
                },
                vote with
                {
                    Passes = Quick(QuickVotePasses),
                }
            );
        return
        [
            new(new AggregatorSetting(RuleId.CertifiedDeepSet, recipe), Adversary.Any),
            new(new AggregatorSetting(RuleId.CertifiedVote, vote), Adversary.Any),
        ];

        int Quick(int passes) => Math.Max(4, passes / options.Corrupted.Count);
    }

    RuleUnderThreat[] RulesFor(int corrupted) =>
        [
            .. RuleUnderThreat
                .Defaults(corrupted, archive.Validation is not null)
                .Where(rule => RuleCatalog.IsStatic(rule.Rule.Name))
                .Select(rule => rule with { Only = Adversary.Any }),
            .. Learned(corrupted),
        ];

    /// <summary>Per rule without an exact certificate and f, what the strong suite leaves of a draw of the
    /// samples.</summary>
    Dictionary<(string, int), CertificationReport> Attacked(RisingProgress told, CancellationToken cancel)
    {
        var left = new Dictionary<(string, int), CertificationReport>();
        int samples = Math.Min(options.AttackedSamples, archive.Test.Samples);
        if (samples == 0)
            return left;
        using var drawn = archive.Subset(archive.Validation?.Samples ?? 1, samples, 0);
        var ensemble = runner.Ensembles.Add(drawn, $"{samples:N0} samples of {input.Title}");
        int[] asked = [.. options.Corrupted.Where(f => f > 0)];
        foreach (var (f, i) in asked.Select((f, i) => (f, i)))
        foreach (
            var report in new Certification(runner, ensemble, ThreatModel.Draw(archive.Test.Clients, f, 0)).Run(
                [.. RulesFor(f).Where(rule => RuleCatalog.Named(rule.Rule.Name).Guarantee != RuleGuarantee.Exact)],
                attack: true,
                (stage, done) => told.Report(stage, (i + done) / asked.Length),
                cancel
            )
        )
            if (report.Strong is not null)
                left[(report.Aggregator, f)] = report;
        return left;
    }

    /// <summary>What attacks leave: what is certified on all samples, and what neither a certificate covers nor an
    /// attack broke on those that were attacked.</summary>
    static Share Left(CertificationReport all, CertificationReport attacked)
    {
        if (all.Certified is not { } certified || attacked.Certified is not { } some)
            return Share.Of(attacked.Strong!);
        Share sure = Share.Of(certified),
            between = Share.Of([.. attacked.Strong!.Zip(some, (strong, known) => strong && !known)]);
        return new(
            Math.Min(1, sure.Value + between.Value),
            sure.Low + between.Low,
            Math.Min(1, sure.High + between.High),
            between.Samples
        );
    }

    List<(string, IReadOnlyList<double?>)> PerClass(IReadOnlyList<CertificationReport> reports)
    {
        long[] labels = archive.Test.Labels.Integers();
        return
        [
            .. from report in reports
            where report.Certified is not null
            select (
                report.Aggregator,
                (IReadOnlyList<double?>)
                    [
                        .. Enumerable
                            .Range(0, archive.Test.Classes)
                            .Select(k =>
                            {
                                int[] own = [.. Enumerable.Range(0, labels.Length).Where(s => labels[s] == k)];
                                return own.Length == 0
                                    ? (double?)null
                                    : (double)own.Count(s => report.Certified![s]) / own.Length;
                            }),
                    ]
            ),
        ];
    }

    List<SetFacts> Sets(
        Dictionary<int, IReadOnlyList<CertificationReport>> certified,
        RisingProgress told,
        CancellationToken cancel
    )
    {
        var facts = new List<SetFacts>();
        using var some =
            archive.Test.Samples > SetSamples ? archive.Subset(archive.Validation?.Samples ?? 1, SetSamples, 0) : null;
        var answers = (some ?? archive).Test;
        int[] asked = [.. options.Corrupted.Where(f => f > 0)];
        foreach (var (f, place) in asked.Select((f, i) => (f, i)))
        {
            var best = RuleScore.Best(
                certified[f]
                    .Where(report => report.IsExact && report.Aggregator != RuleId.Constant)
                    .Select(report => report.ToRow())
                    .Select(row => new RuleScore(row.Aggregator, row.Certified, row.Strong, row.Clean))
            );
            var (sets, isEvery) = CorruptedSets.Of(archive.Test.Clients, f, MostSets, DrawnSets);
            using var rule = Make(best.Aggregator, f);
            var certificate = rule.Certificate(Adversary.Fixed)!;
            int finished = 0;
            var shares = ParallelMap.Run(
                sets.Count,
                i =>
                {
                    cancel.ThrowIfCancellationRequested();
                    bool[] sure = certificate.Certified(
                        answers,
                        Adversary.Fixed,
                        new ThreatModel(archive.Test.Clients, sets[i])
                    );
                    int now = Interlocked.Increment(ref finished);
                    told.Report($"{now} of {sets.Count}, f = {f}", (place + (double)now / sets.Count) / asked.Length);
                    return Share.Of(sure).Value;
                }
            );
            facts.Add(
                new(
                    f,
                    best.Aggregator,
                    answers.Samples,
                    isEvery,
                    [.. sets.Zip(shares).OrderBy(pair => pair.Second).Select(pair => (pair.First, pair.Second))],
                    [
                        .. Enumerable
                            .Range(0, archive.Test.Clients)
                            .Select(client =>
                                Mean(sets.Zip(shares).Where(pair => !pair.First.Contains(client)))
                                - Mean(sets.Zip(shares).Where(pair => pair.First.Contains(client)))
                            ),
                    ]
                )
            );
        }
        return facts;

        static double Mean(IEnumerable<(IReadOnlyList<int>, double Certified)> sets) =>
            sets.Select(pair => pair.Certified).DefaultIfEmpty(double.NaN).Average();
    }

    Aggregators.Aggregator Make(string rule, int corrupted)
    {
        var setting = RulesFor(corrupted).First(other => Labelled(other, corrupted) == rule).Rule;
        var ensemble = runner.Ensembles.Add(input);
        return runner.Make(
            archive,
            new ExperimentCell(ensemble, corrupted, 0, setting.For(ensemble, corrupted), AttackId.Clean)
        );
    }

    string Labelled(RuleUnderThreat rule, int corrupted) => rule.Rule.For(runner.Ensembles.Add(input), corrupted).Label;

    List<EdgeSample> Edge(string rule, int corrupted)
    {
        using var made = Make(rule, corrupted);
        if (made.Certificate(Adversary.Any) is not { } certificate)
            return [];
        using var margins = certificate.Margins(
            archive.Test,
            Adversary.Any,
            ThreatModel.Draw(archive.Test.Clients, corrupted, 0)
        );
        double[] values = margins.data<double>().ToArray();
        long[] labels = archive.Test.Labels.Integers();
        return
        [
            .. values
                .Select((margin, s) => (margin, s))
                .Where(entry => entry.margin > 0)
                .OrderBy(entry => entry.margin)
                .Take(EdgeSamples)
                .Select(entry => new EdgeSample(entry.s, input.Names.Class((int)labels[entry.s]), entry.margin)),
        ];
    }

    // Of the best rule where it is learned, otherwise of the first learned one.
    string? Network(string best)
    {
        if (options.Aggregator is { } file)
            return file;
        int corrupted = options.Corrupted[^1];
        var all = Learned(corrupted).ToArray();
        if ((all.FirstOrDefault(rule => Labelled(rule, corrupted) == best) ?? all.FirstOrDefault()) is not { } learned)
            return null;
        var ensemble = runner.Ensembles.Add(input);
        string path = RuleCatalog
            .Named(learned.Rule.Name)
            .TrainedFile!(
                learned.Rule.For(ensemble, options.Corrupted[^1]).Settings,
                new RuleInputs(
                    input.Title,
                    archive.Validation,
                    archive.Test,
                    archive.Test.Clients,
                    options.Corrupted[^1],
                    WorkbookFolder.TrainedAggregators
                )
            );
        return File.Exists(path) ? path : null;
    }
}
