using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Numerics;
using RobustInference.Probits;
using static TorchSharp.torch;

namespace RobustInference.Evaluation;

/// <summary>The strong suite under way against one rule: a fixed set first, and an adversary who may choose goes on
/// where the fixed set left off.</summary>
sealed class StrongSuiteRun
{
    readonly Aggregator rule;
    readonly RobustnessReport paper;
    readonly ProbitSet answers;
    readonly ThreatModel threat;
    readonly long seed;
    readonly IReadOnlyList<IAttack> own;
    readonly SequentialAttack sequence;
    StrongReport? known,
        any;

    /// <param name="rule">The aggregator under attack; it must take probits.</param>
    /// <param name="paper">The outcome of the paper's six on the same answers, threat model and seed.</param>
    /// <param name="answers">What the clients answered.</param>
    /// <param name="threat">The corrupted clients.</param>
    /// <param name="seed">Random seed of the attacks.</param>
    /// <param name="own">A user's own attacks, tried after the library's; not those that leave the simplex.</param>
    /// <exception cref="ArgumentException">The rule takes logits.</exception>
    public StrongSuiteRun(
        ProbitSet answers,
        Aggregator rule,
        RobustnessReport paper,
        ThreatModel threat,
        long seed,
        IReadOnlyList<IAttack> own
    )
    {
        if (rule.Input != AnswerSpace.Probits)
            throw new ArgumentException($"{rule.Name} takes logits; the strong suite sends probability vectors");
        (this.rule, this.paper, this.answers, this.threat, this.seed, this.own) = (
            rule,
            paper,
            answers,
            threat,
            seed,
            own
        );
        sequence = new SequentialAttack(answers, rule, seed, paper.Survives);
    }

    /// <summary>What is left under a threat model; computed once.</summary>
    /// <exception cref="CertificateViolation">A certified sample was broken.</exception>
    public StrongReport Against(Adversary adversary, Action<string, double>? progress, CancellationToken cancel)
    {
        TorchThreads.One();
        using var untracked = no_grad();
        known ??= Fixed(progress, cancel);
        return adversary == Adversary.Fixed ? known : any ??= Any(known, progress, cancel);
    }

    StrongReport Fixed(Action<string, double>? progress, CancellationToken cancel)
    {
        // A rule that adds votes up has an attack of its own that comes as near to its certificate as any: first.
        using var votes = rule is CertifiedVote vote ? VoteRows.Search(vote.Network, seed) : null;
        IAttack[] attacks =
        [
            .. votes is null ? [] : new[] { new BestVotes(votes) },
            .. AttackSuite.Strong,
            .. own.Where(attack => !attack.LeavesSimplex),
        ];
        for (int i = 0; i < attacks.Length; i++)
        {
            progress?.Invoke(attacks[i].Name, (double)i / (attacks.Length + 1));
            sequence.Run(attacks[i], threat, cancel);
        }
        progress?.Invoke(AttackSuite.Blind.Name, (double)attacks.Length / (attacks.Length + 1));
        string? masked = DefenceChecks.MaskedGradients(
            sequence.Run(AttackSuite.Blind, threat, cancel),
            answers.Samples
        );
        long[] right = [.. Enumerable.Range(0, answers.Samples).Where(s => paper.Clean[s]).Select(s => (long)s)];
        using var sound = right.Length == 0 ? null : answers.Select(right);
        string[] flags =
        [
            .. sound is null ? [] : new DefenceChecks(sound, rule, threat, seed).Flags(),
            .. masked is null ? Array.Empty<string>() : [masked],
        ];
        return Report(Adversary.Fixed, flags);
    }

    StrongReport Any(StrongReport known, Action<string, double>? progress, CancellationToken cancel)
    {
        int count = AttackSuite.Any.Sum(any => any.Attacks.Count),
            done = 0;
        void OnAttack(string name) => progress?.Invoke(name, Math.Min(1, (double)done++ / count));
        using var votes = rule is CertifiedVote vote ? VoteRows.Search(vote.Network, seed) : null;
        if (votes is not null && threat.Count > 0)
            sequence.Run(
                [new BestVotes(votes)],
                new VoteClientSelection(votes),
                threat.Count,
                name => progress?.Invoke(name, 0),
                cancel
            );
        foreach (var (choice, all) in AttackSuite.Any)
        {
            // Where samples of different chosen clients cannot be attacked together, ascents would take hours.
            IReadOnlyList<IAttack> attacks = rule.KnowsClients
                ? [.. all.Where(attack => attack is not AutoProjectedGradientAttack)]
                : all;
            sequence.Run(attacks, choice, threat.Count, OnAttack, cancel);
        }
        return Report(Adversary.Any, known.Flags);
    }

    StrongReport Report(Adversary adversary, IReadOnlyList<string> flags)
    {
        if (rule.Certificate(adversary) is { } certificate)
            CertifiedFloor.Check(
                rule,
                certificate,
                answers,
                adversary,
                threat,
                sequence.Standing,
                s => sequence.BrokenBy(s) ?? "one of the paper's six attacks"
            );
        return new(rule.Name, paper.Clean, paper.Survives, [.. sequence.Standing], [.. sequence.Stages], flags);
    }
}
