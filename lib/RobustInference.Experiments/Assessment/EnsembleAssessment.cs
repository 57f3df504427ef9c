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
public sealed class EnsembleAssessment
{
    const int QuickPasses = 16,
        QuickVotePasses = 24,
        MostSets = 500,
        DrawnSets = 200,
        SetSamples = 2000,
        EdgeSamples = 12,
        FurtherCorrupted = 2;

    readonly CellRunner runner;
    readonly AssessedAnswers answers;
    readonly ReportOptions options;

    /// <param name="runner">Runs and records the cells.</param>
    /// <param name="input">The answers; the caller keeps them.</param>
    /// <param name="options">What to look at.</param>
    public EnsembleAssessment(CellRunner runner, InputEnsemble input, ReportOptions options)
        : this(runner, new AssessedAnswers(runner, input), options) { }

    /// <param name="runner">Runs and records the cells.</param>
    /// <param name="input">The answers, read in blocks; the caller keeps them.</param>
    /// <param name="options">What to look at.</param>
    public EnsembleAssessment(CellRunner runner, BlockedAnswers input, ReportOptions options)
        : this(runner, new AssessedAnswers(runner, input), options) { }

    EnsembleAssessment(CellRunner runner, AssessedAnswers answers, ReportOptions options) =>
        (this.runner, this.answers, this.options) = (runner, answers, options);

    /// <summary>Does it all.</summary>
    /// <param name="progress">Told a phase and how much of everything is done, 0…1, never less than before.</param>
    /// <param name="cancel">Checked between cells and sets; finished cells are recorded.</param>
    /// <param name="found">Told what is suspicious, before the work; may throw.</param>
    /// <exception cref="ArgumentException">An f ≥ n/2.</exception>
    public EnsembleReport Run(
        Action<string, double>? progress = null,
        CancellationToken cancel = default,
        Action<IReadOnlyList<Finding>>? found = null
    )
    {
        foreach (int f in options.Corrupted)
            _ = Threat(f);
        var told = new RisingProgress(progress);
        told.Begin("looking at clients", 0.03);
        var (facts, clients) = answers.Look(done => told.Report("", done), cancel);
        var findings = Doctor.Examine(facts);
        found?.Invoke(findings);
        told.Begin("looking for recorded results", 0.04);
        _ = answers.Ensemble(done => told.Report("", done), cancel);
        told.Begin("training and certifying", 0.45);
        int last = options.Corrupted[^1],
            most = Math.Min((answers.Clients - 1) / 2, last + FurtherCorrupted);
        int[] all = [.. Enumerable.Range(0, most + 1)];
        var certified = Certify(
            answers.Certify,
            (cells, report) => answers.Run(cells, report, cancel),
            all,
            RulesFor,
            attack: false,
            told,
            cancel
        );
        told.Begin("attacking", 0.93);
        var attacked = Attacked(told, cancel);
        var judged = options.Corrupted.Select(f => certified[f]).ToArray();
        var verdict = Verdict.Of(answers.Clients, Adversary.Any, judged, IsLearned);
        told.Begin("comparing sets of liars", 0.98);
        var sets = Sets(certified, told, cancel);
        told.Begin("writing", 1);
        string? network = Network(verdict.Points[^1].Best.Aggregator);
        told.Report("", 1);
        return new(
            answers.FullTitle,
            answers.Understood,
            findings,
            verdict,
            answers.Samples,
            [.. Enumerable.Range(0, answers.Classes).Select(answers.Names.Class)],
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
                        : attacked.TryGetValue((report.Aggregator, f), out var strong) ? Left(report, strong)
                        : null
                ),
            ],
            clients,
            ClassBalance.Of(facts),
            PerClass(certified[last]),
            sets,
            Edge(verdict.Points[^1].Best.Aggregator, last, cancel),
            network is null ? null : Path.GetRelativePath(Environment.CurrentDirectory, network),
            network is null ? null : Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(network)))
        );
    }

    /// <summary>What will be trained, for a word before it.</summary>
    public IReadOnlyList<(string Rule, string File)> ToTrain() =>
        answers.AreInBlocks
            ? []
            : answers.ToTrain(options.Corrupted.SelectMany(f => answers.Certify(Threat(f)).Cells(RulesFor(f), false)));

    static bool IsLearned(string rule) => RuleCatalog.Find(rule) is { IsTrained: true } or { Id: RuleId.TrainedFile };

    IEnumerable<RuleUnderThreat> Learned(int corrupted)
    {
        if (options.Aggregator is { } file)
            return [new(runner.AddTrained(file), Adversary.Any)];
        // A rule that was trained for f says something about fewer liars too: one network for each f asked for.
        int trained = options.Corrupted.FirstOrDefault(f => f >= corrupted, options.Corrupted[^1]);
        if (options.Training == ReportTraining.None || answers.Validation is null || trained == 0)
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
            new(RuleId.CalibratedMedian, Adversary.Any),
        ];

        int Quick(int passes) => Math.Max(4, passes / options.Corrupted.Count);
    }

    RuleUnderThreat[] RulesFor(int corrupted) =>
        [
            .. RuleUnderThreat
                .Defaults(corrupted, answers.Validation is not null)
                .Where(rule => RuleCatalog.IsStatic(rule.Rule.Name))
                .Select(rule => rule with { Only = Adversary.Any }),
            .. Learned(corrupted),
        ];

    /// <summary>Per rule without an exact certificate and f, what the strong suite leaves of a draw of the
    /// samples.</summary>
    Dictionary<(string, int), CertificationReport> Attacked(RisingProgress told, CancellationToken cancel)
    {
        var left = new Dictionary<(string, int), CertificationReport>();
        int samples = Math.Min(options.AttackedSamples, answers.Samples);
        if (samples == 0)
            return left;
        using var drawn = answers.Draw(samples, cancel);
        var ensemble = runner.Ensembles.Add(drawn, $"{samples:N0} samples of {answers.Title}");
        int[] asked = [.. options.Corrupted.Where(f => f > 0).Distinct()];
        var certified = Certify(
            threat => new Certification(runner, ensemble, threat),
            (cells, report) => runner.Run(cells, at => report(at.Stage, at.Done), cancel),
            asked,
            Inexact,
            attack: true,
            told,
            cancel
        );
        foreach (var (f, reports) in certified)
        foreach (var report in reports.Where(report => report.Strong is not null))
            left[(report.Aggregator, f)] = report;
        return left;

        RuleUnderThreat[] Inexact(int f) =>
            [.. RulesFor(f).Where(rule => RuleCatalog.Named(rule.Rule.Name).Guarantee != RuleGuarantee.Exact)];
    }

    /// <summary>Reports for several f. All their cells are run at once, so that rules take their turns side by side and
    /// what a rule is for one f is known for the others.</summary>
    Dictionary<int, IReadOnlyList<CertificationReport>> Certify(
        Func<ThreatModel, Certification> on,
        Action<IReadOnlyList<ExperimentCell>, Action<string, double>> run,
        int[] corrupted,
        Func<int, RuleUnderThreat[]> rules,
        bool attack,
        RisingProgress told,
        CancellationToken cancel
    )
    {
        var asked = corrupted.ToDictionary(f => f, f => (Rules: rules(f), Of: on(Threat(f))));
        run([.. asked.Values.SelectMany(each => each.Of.Cells(each.Rules, attack))], told.Report);
        return asked.ToDictionary(each => each.Key, each => each.Value.Of.Run(each.Value.Rules, attack, null, cancel));
    }

    ThreatModel Threat(int corrupted) => ThreatModel.Draw(answers.Clients, corrupted, 0);

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
        var labels = answers.Labels;
        return
        [
            .. from report in reports
            where report.Certified is not null
            select (
                report.Aggregator,
                (IReadOnlyList<double?>)
                    [
                        .. Enumerable
                            .Range(0, answers.Classes)
                            .Select(k =>
                            {
                                int[] own = [.. Enumerable.Range(0, labels.Count).Where(s => labels[s] == k)];
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
        using var drawn = answers.Draw(Math.Min(SetSamples, answers.Samples), cancel);
        var some = drawn.Test;
        int[] asked = [.. options.Corrupted.Where(f => f > 0)];
        foreach (var (f, place) in asked.Select((f, i) => (f, i)))
        {
            var best = RuleScore.Best(
                certified[f]
                    .Where(report => report.IsExact && report.Aggregator != RuleId.Constant)
                    .Select(report => report.ToRow())
                    .Select(row => new RuleScore(row.Aggregator, row.Certified, row.Strong, row.Clean))
            );
            var (sets, isEvery) = CorruptedSets.Of(answers.Clients, f, MostSets, DrawnSets);
            using var rule = Make(best.Aggregator, f);
            var certificate = rule.Certificate(Adversary.Fixed)!;
            int finished = 0;
            var shares = ParallelMap.Run(
                sets.Count,
                i =>
                {
                    cancel.ThrowIfCancellationRequested();
                    bool[] sure = certificate.Certified(some, Adversary.Fixed, new ThreatModel(some.Clients, sets[i]));
                    int now = Interlocked.Increment(ref finished);
                    told.Report($"{now} of {sets.Count}, f = {f}", (place + (double)now / sets.Count) / asked.Length);
                    return Share.Of(sure).Value;
                }
            );
            facts.Add(
                new(
                    f,
                    best.Aggregator,
                    some.Samples,
                    isEvery,
                    [.. sets.Zip(shares).OrderBy(pair => pair.Second).Select(pair => (pair.First, pair.Second))],
                    [
                        .. Enumerable
                            .Range(0, answers.Clients)
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
        var ensemble = answers.Ensemble();
        return answers.Make(
            new ExperimentCell(ensemble, corrupted, 0, setting.For(ensemble, corrupted), AttackId.Clean)
        );
    }

    string Labelled(RuleUnderThreat rule, int corrupted) => rule.Rule.For(answers.Ensemble(), corrupted).Label;

    List<EdgeSample> Edge(string rule, int corrupted, CancellationToken cancel)
    {
        using var made = Make(rule, corrupted);
        if (made.Certificate(Adversary.Any) is not { } certificate)
            return [];
        List<(double Margin, int Sample)> least = [];
        foreach (var (from, block) in answers.Blocks(cancel))
        {
            using var margins = certificate.Margins(block, Adversary.Any, Threat(corrupted));
            double[] values = margins.data<double>().ToArray();
            least =
            [
                .. least
                    .Concat(values.Select((margin, s) => (margin, from + s)))
                    .Where(entry => entry.Item1 > 0)
                    .OrderBy(entry => entry.Item1)
                    .Take(EdgeSamples),
            ];
        }
        return
        [
            .. least.Select(entry => new EdgeSample(
                entry.Sample,
                answers.Names.Class((int)answers.Labels[entry.Sample]),
                entry.Margin
            )),
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
        string path = answers.TrainedFile(learned.Rule.For(answers.Ensemble(), corrupted), corrupted);
        return File.Exists(path) ? path : null;
    }
}
