using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Certificates;
using RobustInference.Devices;
using RobustInference.Numerics;
using RobustInference.Probits;
using static TorchSharp.torch;

namespace RobustInference.Evaluation;

/// <summary>The strong suite under way against one rule: a fixed set first, and an adversary who may choose goes on
/// where the fixed set left off.</summary>
sealed class StrongSuiteRun : IDisposable
{
    // Certified samples that ascents are tried on all the same, to check the certificate.
    const int Checked = 200;

    // Sets of clients that a rule over logits meets beside the fixed one.
    const int OtherSets = 3;

    readonly Aggregator rule,
        moved;
    readonly RobustnessReport paper;
    readonly ProbitSet answers,
        near;
    readonly ThreatModel threat;
    readonly long seed;
    readonly IReadOnlyList<IAttack> own;
    readonly SequentialAttack sequence;
    StrongReport? known,
        any;

    /// <param name="rule">The aggregator under attack.</param>
    /// <param name="paper">The outcome of the paper's six on the same answers, threat model and seed; of none of them
    /// for a rule over logits, which meets them last.</param>
    /// <param name="answers">What the clients answered.</param>
    /// <param name="threat">The corrupted clients.</param>
    /// <param name="seed">Random seed of the attacks.</param>
    /// <param name="own">A user's own attacks, tried after the library's; not those that leave the simplex.</param>
    /// <param name="device">Where attacks are worked out; default: <see cref="ComputeDevice.Default"/>.</param>
    public StrongSuiteRun(
        ProbitSet answers,
        Aggregator rule,
        RobustnessReport paper,
        ThreatModel threat,
        long seed,
        IReadOnlyList<IAttack> own,
        Device? device = null
    )
    {
        (this.rule, this.paper, this.answers, this.threat, this.seed, this.own) = (
            rule,
            paper,
            answers,
            threat,
            seed,
            own
        );
        device ??= ComputeDevice.Default;
        (near, moved) = (answers.To(device), rule.On(device));
        sequence = new SequentialAttack(near, moved, seed, paper.Survives);
    }

    /// <summary>What is left under a threat model; computed once.</summary>
    /// <exception cref="CertificateViolation">A certified sample was broken.</exception>
    public StrongReport Against(Adversary adversary, Action<string, double>? progress, CancellationToken cancel)
    {
        TorchThreads.One();
        using var stopping = LongWork.StopBy(cancel);
        using var untracked = no_grad();
        known ??= Fixed(progress, cancel);
        return adversary == Adversary.Fixed ? known : any ??= Any(known, progress, cancel);
    }

    public void Dispose()
    {
        near.Dispose();
        if (!ReferenceEquals(moved, rule))
            moved.Dispose();
    }

    StrongReport Fixed(Action<string, double>? progress, CancellationToken cancel)
    {
        if (rule.Input == AnswerSpace.Logits)
        {
            OverLogits(threat, progress, cancel);
            return Report(Adversary.Fixed, []);
        }
        // A rule with votes has an attack of its own: first.
        using var votes = moved is IClientVotes { Classes: <= VoteRows.MostClasses } voting
            ? VoteRows.Search(voting, seed)
            : null;
        IAttack[] attacks =
        [
            .. votes is null ? [] : new[] { new BestVotes(votes) },
            .. AttackSuite.Strong,
            .. ForSelection(),
            .. own.Where(attack => !attack.LeavesSimplex),
        ];
        var certified = new Lazy<bool[]>(() => MostOfCertified(Adversary.Fixed));
        var none = new bool[answers.Samples];
        for (int i = 0; i < attacks.Length; i++)
        {
            progress?.Invoke(attacks[i].Name, (double)i / (attacks.Length + 1));
            sequence.Spare(attacks[i] is AutoProjectedGradientAttack ? certified.Value : none);
            sequence.Run(attacks[i], threat, cancel);
        }
        progress?.Invoke(AttackSuite.Blind.Name, (double)attacks.Length / (attacks.Length + 1));
        sequence.Spare(certified.Value);
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

    /// <summary>What is tried where the rule selects rows, and would find nothing elsewhere.</summary>
    IReadOnlyList<IAttack> ForSelection() => rule.Selects ? [new HonestCopies()] : [];

    /// <summary>Every target in logit space; ascents and checks of gradients are for rows on the simplex.</summary>
    void OverLogits(ThreatModel set, Action<string, double>? progress, CancellationToken cancel)
    {
        var attacks = AttackSuite
            .OverLogits(answers.Classes)
            .Concat(own.Where(attack => !attack.NeedsValidation))
            .ToArray();
        for (int i = 0; i < attacks.Length && sequence.Standing.Contains(true); i++)
        {
            progress?.Invoke(attacks[i].Name, (double)i / attacks.Length);
            sequence.Run(attacks[i], set, cancel);
        }
    }

    StrongReport Any(StrongReport known, Action<string, double>? progress, CancellationToken cancel)
    {
        if (rule.Input == AnswerSpace.Logits)
        {
            // The same set for all samples is one of an adversary's choices, and the only one that is cheap here.
            for (int draw = 1; draw <= OtherSets; draw++)
                OverLogits(ThreatModel.Draw(answers.Clients, threat.Count, seed + draw), progress, cancel);
            return Report(Adversary.Any, known.Flags);
        }
        sequence.Spare(new bool[answers.Samples]);
        IReadOnlyList<IAttack> copies = ForSelection();
        int count = AttackSuite.Any.Sum(any => any.Attacks.Count + copies.Count),
            done = 0;
        void OnAttack(string name) => progress?.Invoke(name, Math.Min(1, (double)done++ / count));
        using var votes = moved is IClientVotes { Classes: <= VoteRows.MostClasses } voting
            ? VoteRows.Search(voting, seed)
            : null;
        if (votes is not null && threat.Count > 0)
            sequence.Run(
                [new BestVotes(votes)],
                new VoteClientSelection(votes),
                threat.Count,
                name => progress?.Invoke(name, 0),
                cancel
            );
        sequence.Spare(MostOfCertified(Adversary.Any));
        foreach (var (choice, all) in AttackSuite.Any)
        {
            // Where samples of different chosen clients cannot be attacked together, ascents would take hours.
            IReadOnlyList<IAttack> attacks = rule.KnowsClients
                ? [.. all.Where(attack => attack is not AutoProjectedGradientAttack)]
                : [.. all, .. copies];
            sequence.Run(attacks, choice, threat.Count, OnAttack, cancel);
        }
        return Report(Adversary.Any, known.Flags);
    }

    /// <summary>What is certified no attack can break: those that take long leave most of it out, and are tried on the
    /// first <see cref="Checked"/> of it as a check of the certificate.</summary>
    bool[] MostOfCertified(Adversary adversary)
    {
        if (rule.Certificate(adversary) is not { } certificate)
            return new bool[answers.Samples];
        int seen = 0;
        return [.. certificate.Certified(answers, adversary, threat).Select(sure => sure && ++seen > Checked)];
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
