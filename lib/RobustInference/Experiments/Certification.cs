using RobustInference.Aggregators;
using RobustInference.Certificates;
using RobustInference.Evaluation;
using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Experiments;

/// <summary>What holds for rules on one ensemble against every attack, beside what the strong suite leaves of them.</summary>
/// <param name="Answers">What the clients answered.</param>
/// <param name="Validation">The server's validation data; without it, attacks that need it are left out.</param>
/// <param name="Threat">The fixed set, and f.</param>
/// <param name="Seed">Of what attacks draw, and of the order in which a curve adds clients.</param>
public sealed record Certification(ProbitSet Answers, ProbitSet? Validation, ThreatModel Threat, long Seed)
{
    /// <summary>The rules that nothing has to be trained for, the constant answer last; it is the best on the validation data, or on the labels where there is none.</summary>
    public IReadOnlyList<Aggregator> StaticRules() =>
        [new Mean(), new CoordinateWiseMedian(), new GeometricMedian(), new CoordinateWiseTrimmedMean(Threat.Count), new PluralityVote(), ConstantAnswer.BestOn(Validation ?? Answers)];

    /// <summary>Every rule under both threat models.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="attack">Whether to run the strong suite, which takes minutes where certificates take seconds.</param>
    /// <param name="progress">Told a stage's name and how much is done, 0…1.</param>
    /// <param name="cancel">Checked between certificates and attacks.</param>
    public IReadOnlyList<CertificationReport> Run(IReadOnlyList<Aggregator> rules, bool attack, Action<string, double>? progress = null, CancellationToken cancel = default)
    {
        TorchThreads.One();
        var pairs = rules.SelectMany(rule => Enum.GetValues<Adversary>().Select(adversary => (rule, adversary))).ToArray();
        return [.. pairs.Select((pair, i) =>
        {
            cancel.ThrowIfCancellationRequested();
            progress?.Invoke($"certifying {pair.rule.Name}, {ThreatName.Of(pair.adversary)}", (double)i / pairs.Length);
            return Report(pair.rule, pair.adversary, attack, (stage, done) => progress?.Invoke($"{pair.rule.Name} under {stage}", (i + done) / pairs.Length), cancel);
        })];
    }

    /// <summary>Certified accuracy against f = 0 … ⌊(n−1)/2⌋. The trimmed mean trims f; the trim of a learned rule is part of it and stays, so that nothing is certified beyond. Each fixed
    /// set holds the smaller ones.</summary>
    /// <param name="rules">Those without a certificate are left out.</param>
    /// <param name="cancel">Checked between points.</param>
    public IReadOnlyList<CurvePoint> Curve(IReadOnlyList<Aggregator> rules, CancellationToken cancel = default) =>
    [
        .. from rule in rules
           where KnownCertificate.Of(rule) is not null
           from adversary in Enum.GetValues<Adversary>()
           from corrupted in Enumerable.Range(0, (Answers.Clients - 1) / 2 + 1)
           select Point(rule, adversary, corrupted, cancel),
    ];

    /// <summary>Exact accuracy for a fixed set over draws of that set, rule by rule; rules whose worst case is not known exactly are left out.</summary>
    public IReadOnlyList<(string Aggregator, SetDraws Draws)> Draws(IReadOnlyList<Aggregator> rules, CancellationToken cancel = default) =>
    [
        .. rules.Where(rule => ExactWorstCase.Of(rule) is not null).Select(rule =>
        {
            cancel.ThrowIfCancellationRequested();
            return (rule.Name, SetDraws.Measure(ExactWorstCase.Of(rule)!, Answers, Threat));
        }),
    ];

    /// <summary>A rule's answers with their certified radii; class −1 and radius 0 for a tie.</summary>
    /// <returns>Null for a rule without a certificate.</returns>
    public (int Class, int Radius)[]? Radii(Aggregator rule)
    {
        if (KnownCertificate.Of(rule) is not { } certificate) return null;
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var scores = rule.Scores(Answers.Probits);
        long[] classes = scores.argmax(1).Integers();
        using var answered = Answers.WithLabels(classes);
        bool[] decided = Decision.Right(scores, answered.Labels);
        int[] radii = CertifiedRadius.Of(certificate, answered, (Answers.Clients - 1) / 2);
        return [.. classes.Select((answer, s) => decided[s] ? ((int)answer, Math.Max(0, radii[s])) : (-1, 0))];
    }

    CertificationReport Report(Aggregator rule, Adversary adversary, bool attack, Action<string, double> progress, CancellationToken cancel)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var certificate = KnownCertificate.Of(rule);
        return new CertificationReport(
            rule.Name, adversary, Threat.Count, Decision.Right(rule.Scores(Answers.Probits), Answers.Labels),
            Kappa.Of(rule, Threat.Clients, Threat.Count) is null ? null : new TheoremOneCertificate(rule).Certified(Answers, adversary, Threat),
            certificate?.Certified(Answers, adversary, Threat), certificate?.IsExact ?? false, null, []);
    }

    CurvePoint Point(Aggregator rule, Adversary adversary, int corrupted, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var sized = rule is CoordinateWiseTrimmedMean ? new CoordinateWiseTrimmedMean(corrupted) : rule;
        bool[] certified = KnownCertificate.Of(sized)!.Certified(Answers, adversary, Threat.Resized(corrupted, Seed));
        return new CurvePoint(rule.Name, ThreatName.Of(adversary), corrupted, RobustnessReport.Accuracy(certified));
    }
}
