using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Catalogue;
using RobustInference.Certificates;
using RobustInference.Evaluation;
using RobustInference.Numerics;
using RobustInference.Probits;
using RobustInference.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Running;

/// <summary>What holds for rules on one ensemble against every attack, beside what the strong suite leaves of
/// them.</summary>
/// <param name="Answers">What the clients answered.</param>
/// <param name="Validation">The server's validation data; without it, attacks that need it are left out.</param>
/// <param name="Threat">The fixed set, and f.</param>
/// <param name="Seed">Of what attacks draw, and of the order in which a curve adds clients.</param>
public sealed record Certification(ProbitSet Answers, ProbitSet? Validation, ThreatModel Threat, long Seed)
{
    /// <summary>The rules that nothing has to be trained for, the constant answer last; it is the best on the
    /// validation data, or on the labels where there is none.</summary>
    public IReadOnlyList<RuleUnderThreat> StaticRules() =>
        [
            new(new Mean()),
            new(new CoordinateWiseMedian()),
            new(new GeometricMedian()),
            new(new CoordinateWiseTrimmedMean(Threat.Count)),
            new(new PluralityVote()),
            new(ConstantAnswer.BestOn(Validation ?? Answers)),
        ];

    /// <summary>What the validation data can train, or the cache has: DeepSet-TM, and CertifiedDeepSet once for each
    /// threat model.</summary>
    /// <param name="cache">The folder of trained rules.</param>
    /// <param name="progress">Told a stage's name and how much is done, 0…1.</param>
    /// <param name="cancel">Checked while training.</param>
    /// <exception cref="InvalidOperationException">There is no validation data.</exception>
    public IReadOnlyList<RuleUnderThreat> LearnedRules(
        string cache,
        Action<string, double>? progress = null,
        CancellationToken cancel = default
    )
    {
        TorchThreads.One();
        var validation =
            Validation ?? throw new InvalidOperationException("learned rules need validation data to be trained on");
        var recipe = new DeepSetRecipe(Threat.Count, Seed);
        var network = new DeepSetCache(cache).Get(
            recipe,
            validation,
            new PassStages("training DeepSet-TM", recipe.Passes, progress),
            cancel
        );
        return [new(new DeepSetTrimmedMean(network, Threat.Count)), .. Enum.GetValues<Adversary>().Select(Certified)];

        RuleUnderThreat Certified(Adversary adversary)
        {
            var certified = CertifiedRecipe.Default(Threat.Count, adversary) with { Seed = Seed };
            var stages = new PassStages(
                $"training CertifiedDeepSet, {ThreatName.Of(adversary)}",
                certified.Passes,
                progress
            );
            return new(new CertifiedDeepSetCache(cache).Get(certified, validation, stages, cancel).Rule, adversary);
        }
    }

    /// <summary>Every rule under its threat models.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="attack">Whether to run the strong suite, which takes minutes where certificates take
    /// seconds.</param>
    /// <param name="progress">Told a stage's name and how much is done, 0…1.</param>
    /// <param name="cancel">Checked between certificates and attacks.</param>
    public IReadOnlyList<CertificationReport> Run(
        IReadOnlyList<RuleUnderThreat> rules,
        bool attack,
        Action<string, double>? progress = null,
        CancellationToken cancel = default
    )
    {
        TorchThreads.One();
        return
        [
            .. rules.SelectMany(
                (rule, i) =>
                {
                    progress?.Invoke($"certifying {rule.Rule.Name}", (double)i / rules.Count);
                    var strong = attack
                        ? Besiege(
                            rule,
                            (stage, done) =>
                                progress?.Invoke($"{rule.Rule.Name} under {stage}", (i + done) / rules.Count),
                            cancel
                        )
                        : [];
                    return rule.Threats.Select(adversary =>
                        Report(rule.Rule, adversary, strong.GetValueOrDefault(adversary), cancel)
                    );
                }
            ),
        ];
    }

    /// <summary>Certified accuracy against f = 0 … ⌊(n−1)/2⌋. The trimmed mean trims f; the trim of a learned rule is
    /// part of it and stays, so that nothing is certified beyond. Each fixed set holds the smaller ones.</summary>
    /// <param name="rules">Those without a certificate are left out.</param>
    /// <param name="attack">Whether to run the strong suite at every point.</param>
    /// <param name="cancel">Checked between points.</param>
    public IReadOnlyList<CurvePoint> Curve(
        IReadOnlyList<RuleUnderThreat> rules,
        bool attack = false,
        CancellationToken cancel = default
    ) =>
        [
            .. from rule in rules
            where KnownCertificate.Of(rule.Rule) is not null
            from adversary in rule.Threats
            from corrupted in Enumerable.Range(0, (Answers.Clients - 1) / 2 + 1)
            select Point(rule.Rule, adversary, corrupted, attack, cancel),
        ];

    /// <summary>Certified accuracy for a fixed set over draws of that set, rule by rule.</summary>
    /// <param name="rules">Those without a certificate for a fixed set are left out.</param>
    /// <param name="learned">Whether learned rules too, whose certificates take seconds a draw and not a tenth of
    /// one.</param>
    /// <param name="cancel">Checked between rules.</param>
    public IReadOnlyList<(string Aggregator, SetDraws Draws)> Draws(
        IReadOnlyList<RuleUnderThreat> rules,
        bool learned = false,
        CancellationToken cancel = default
    ) =>
        [
            .. from rule in rules
            where rule.Threats.Contains(Adversary.Fixed)
            let certificate = learned ? KnownCertificate.Of(rule.Rule) : ExactWorstCase.Of(rule.Rule)
            where certificate is not null
            select (rule.Rule.Name, Measured(certificate, cancel)),
        ];

    /// <summary>A rule's answers with their certified radii; class −1 and radius 0 for a tie.</summary>
    /// <returns>Null for a rule without a certificate.</returns>
    public CertifiedAnswer[]? Radii(Aggregator rule)
    {
        if (KnownCertificate.Of(rule) is not { } certificate)
            return null;
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var scores = rule.Scores(Answers.Probits);
        long[] classes = scores.argmax(1).Integers();
        using var answered = Answers.WithLabels(classes);
        bool[] decided = Predictions.Correct(scores, answered.Labels);
        int[] radii = CertifiedRadius.Of(certificate, answered, (Answers.Clients - 1) / 2);
        return
        [
            .. classes.Select(
                (answer, s) =>
                    decided[s] ? new CertifiedAnswer((int)answer, Math.Max(0, radii[s])) : new CertifiedAnswer(-1, 0)
            ),
        ];
    }

    Dictionary<Adversary, StrongReport> Besiege(
        RuleUnderThreat rule,
        Action<string, double> progress,
        CancellationToken cancel
    )
    {
        var paper = new RobustnessEvaluation(Answers, Validation, Threat, Seed).Run(
            rule.Rule,
            AttackSuite.Paper,
            [],
            attack => progress(attack, 0),
            cancel
        );
        if (rule.Only is { } one)
            return new() { [one] = StrongSuite.Run(rule.Rule, paper, Answers, Threat, one, Seed, progress, cancel) };
        var (given, any) = StrongSuite.Both(rule.Rule, paper, Answers, Threat, Seed, progress, cancel);
        return new() { [Adversary.Fixed] = given, [Adversary.Any] = any };
    }

    CertificationReport Report(Aggregator rule, Adversary adversary, StrongReport? strong, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var certificate = KnownCertificate.Of(rule);
        return new CertificationReport(
            rule.Name,
            adversary,
            Threat.Count,
            Predictions.Correct(rule.Scores(Answers.Probits), Answers.Labels),
            Kappa.Of(rule, Threat.Clients, Threat.Count) is null
                ? null
                : new TheoremOneCertificate(rule).Certified(Answers, adversary, Threat),
            certificate?.Certified(Answers, adversary, Threat),
            certificate?.IsExact ?? false,
            strong
        );
    }

    SetDraws Measured(ICertificate certificate, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return SetDraws.Measure(certificate, Answers, Threat);
    }

    CurvePoint Point(Aggregator rule, Adversary adversary, int corrupted, bool attack, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var sized = rule is CoordinateWiseTrimmedMean ? new CoordinateWiseTrimmedMean(corrupted) : rule;
        var threat = Threat.Resized(corrupted, Seed);
        bool[] certified = KnownCertificate.Of(sized)!.Certified(Answers, adversary, threat);
        return new CurvePoint(
            rule.Name,
            ThreatName.Of(adversary),
            corrupted,
            RobustnessReport.Accuracy(certified),
            attack
                ? StrongSuite.Run(sized, Answers, Validation, threat, adversary, Seed, cancel: cancel).Accuracy
                : null
        );
    }
}
