using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Certificates;
using RobustInference.Devices;
using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Evaluation;

/// <summary>One rule facing one set of corrupted clients: what attacks share (scores on the uncorrupted answers, the
/// honest rows summarised) is computed once.</summary>
public sealed class RuleUnderAttack : IDisposable
{
    readonly ProbitSet answers;
    readonly Aggregator rule;
    readonly AttackQuery query; // on the device
    readonly IReadOnlyList<IAttack> own;
    readonly UncorruptedOutcomes shared;
    readonly Lazy<ConditionedAggregator> given;
    readonly Dictionary<IAttack, bool[]> outcomes = [];
    readonly ICertificate? exact;
    double[]? margins;
    StrongSuiteRun? suite;

    /// <param name="rule">The aggregator; not owned.</param>
    /// <param name="answers">What the clients answered.</param>
    /// <param name="validation">The server's validation data, for attacks that need it.</param>
    /// <param name="threat">Who is corrupted.</param>
    /// <param name="seed">Random seed of the attacks.</param>
    /// <param name="own">A user's own attacks, which take part in the strong suite.</param>
    /// <param name="device">Where attacks and scores are worked out; default: <see cref="ComputeDevice.Default"/>.
    /// Certificates stay on the processor.</param>
    /// <param name="shared">What is known of the same rule on the same answers under other threats; default:
    /// nothing.</param>
    /// <exception cref="ArgumentException">The threat model has another number of clients.</exception>
    public RuleUnderAttack(
        ProbitSet answers,
        Aggregator rule,
        ThreatModel threat,
        long seed,
        ProbitSet? validation = null,
        IReadOnlyList<IAttack>? own = null,
        Device? device = null,
        UncorruptedOutcomes? shared = null
    )
    {
        TorchThreads.One();
        threat.CheckFits(answers);
        (this.answers, this.rule) = (answers, rule);
        device ??= ComputeDevice.Default;
        query = new AttackQuery(answers.To(device), rule.On(device), threat, seed, validation?.To(device));
        (this.own, this.shared) = (own ?? [], shared ?? new(0));
        exact = rule.Certificate(Adversary.Fixed) is { IsExact: true } certificate ? certificate : null;
        given = new(() =>
        {
            using var untracked = no_grad();
            return query.Rule.Given(query.Input, threat.Corrupted);
        });
    }

    /// <summary>What survives every known attack; see <see cref="StrongSuite"/>. What both threat models share is
    /// computed once.</summary>
    public StrongReport UnderStrongSuite(
        Adversary adversary,
        Action<string, double>? progress = null,
        CancellationToken cancel = default
    )
    {
        suite ??= new StrongSuiteRun(
            answers,
            rule,
            new RobustnessReport(query.Rule.Name, Clean(), [.. Paper(progress, cancel)], []),
            query.Threat,
            query.Seed,
            own,
            query.Device
        );
        return suite.Against(adversary, progress, cancel);
    }

    /// <summary>Per sample, whether the rule is certified to be right whatever the corrupted clients send.</summary>
    /// <exception cref="ArgumentException">No certificate is known for the rule.</exception>
    public bool[] Certified(Adversary adversary)
    {
        var certificate =
            rule.Certificate(adversary) ?? throw new ArgumentException($"no certificate is known for {rule.Name}");
        return adversary == Adversary.Any
            ? shared.CertifiedAgainstAny(certificate, answers, query.Threat)
            : shared.CertifiedAgainst(query.Threat, certificate, answers);
    }

    /// <summary>The same by Theorem 1 of the paper; no sample for a rule without κ.</summary>
    public bool[] CertifiedByTheoremOne(Adversary adversary) =>
        new TheoremOneCertificate(rule.Kappa).Certified(answers, adversary, query.Threat);

    /// <summary>Per sample, whether the rule is right without corruption.</summary>
    public bool[] Clean() => shared.Clean(() => Predictions.Correct(query.CleanScores, query.Answers.Labels));

    /// <summary>Per sample, whether the rule is right under <paramref name="attack"/>; computed once for each
    /// instance.</summary>
    /// <exception cref="InvalidDataException">The attack sends what no client can, or a score is not a
    /// number.</exception>
    /// <exception cref="CertificateViolation">It breaks a sample that the exact worst case leaves.</exception>
    public bool[] Under(IAttack attack)
    {
        if (outcomes.TryGetValue(attack, out bool[]? known))
            return known;
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var scores = given.Value.Scores(CheckedAttack.Corrupt(attack, query));
        bool[] right = Predictions.Correct(scores, query.Answers.Labels);
        if (exact is not null && !attack.LeavesSimplex)
            CertifiedFloor.Check(rule, exact, margins ??= Margins(exact), right, attack.Name);
        return outcomes[attack] = right;
    }

    double[] Margins(ICertificate certificate)
    {
        using var least = certificate.Margins(answers, Adversary.Fixed, query.Threat);
        return least.data<double>().ToArray();
    }

    public void Dispose()
    {
        if (given.IsValueCreated)
            given.Value.Dispose();
        suite?.Dispose();
        query.Dispose();
        query.Answers.Dispose();
        query.Validation?.Dispose();
        if (!ReferenceEquals(query.Rule, rule))
            query.Rule.Dispose();
    }

    IEnumerable<(string, bool[])> Paper(Action<string, double>? progress, CancellationToken cancel)
    {
        // A rule over logits meets them last, on what still stands: it may take minutes for an answer.
        var six = query.Rule.Input == AnswerSpace.Logits ? [] : AttackSuite.Paper;
        foreach (var attack in six.Where(attack => !attack.NeedsValidation || query.Validation is not null))
        {
            LongWork.ThrowIfCancelled(cancel);
            progress?.Invoke(attack.Name, 0);
            yield return (attack.Name, Under(attack));
        }
    }
}
