using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Certificates;
using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Evaluation;

/// <summary>One rule facing one set of corrupted clients: what attacks share (scores on the uncorrupted answers, the
/// honest rows summarised) is computed once.</summary>
public sealed class RuleUnderAttack : IDisposable
{
    readonly AttackQuery query;
    readonly ConditionedAggregator given;

    /// <param name="rule">The aggregator; not owned.</param>
    /// <param name="answers">What the clients answered.</param>
    /// <param name="validation">The server's validation data, for attacks that need it.</param>
    /// <param name="threat">Who is corrupted.</param>
    /// <param name="seed">Of what attacks draw.</param>
    /// <exception cref="ArgumentException">The threat model has another number of clients.</exception>
    public RuleUnderAttack(Aggregator rule, ProbitSet answers, ProbitSet? validation, ThreatModel threat, long seed)
    {
        TorchThreads.One();
        threat.CheckFits(answers);
        using var untracked = no_grad();
        query = new AttackQuery(rule, answers, threat, seed, validation);
        given = rule.Given(query.Input, threat.Corrupted);
    }

    /// <summary>Per sample, whether the rule is right under everything that is known to work against it; see
    /// <see cref="StrongSuite"/>.</summary>
    public bool[] UnderEverything(
        Adversary adversary,
        Action<string, double>? progress = null,
        CancellationToken cancel = default
    ) =>
        StrongSuite
            .Run(query.Rule, query.Answers, query.Validation, query.Threat, adversary, query.Seed, progress, cancel)
            .Survives;

    /// <summary>Per sample, whether the rule is certified to be right whatever the corrupted clients send.</summary>
    /// <exception cref="ArgumentException">No certificate is known for the rule.</exception>
    public bool[] Certified(Adversary adversary) =>
        (
            KnownCertificate.Of(query.Rule)
            ?? throw new ArgumentException($"no certificate is known for {query.Rule.Name}")
        ).Certified(query.Answers, adversary, query.Threat);

    /// <summary>Per sample, whether the rule is right without corruption.</summary>
    public bool[] Clean() => Predictions.Correct(query.CleanScores, query.Answers.Labels);

    /// <summary>Per sample, whether the rule is right under <paramref name="attack"/>.</summary>
    public bool[] Under(IAttack attack)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        return Predictions.Correct(given.Scores(attack.Corrupt(query)), query.Answers.Labels);
    }

    public void Dispose()
    {
        given.Dispose();
        query.Dispose();
    }
}
