using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Evaluation;

/// <summary>The samples that a rule still gets right, attack after attack.</summary>
/// <param name="rule">The rule under attack.</param>
/// <param name="answers">All samples.</param>
/// <param name="seed">Random seed of the attacks.</param>
/// <param name="standing">Per sample, whether it stands at the beginning; copied.</param>
public sealed class SequentialAttack(ProbitSet answers, Aggregator rule, long seed, bool[] standing)
{
    readonly List<AttackStage> stages = [];
    readonly string?[] brokenBy = new string?[standing.Length];
    readonly bool[] spared = new bool[standing.Length];

    public bool[] Standing { get; } = [.. standing];

    public IReadOnlyList<AttackStage> Stages => stages;

    /// <summary>The name of the stage that broke a sample; null where none did.</summary>
    public string? BrokenBy(int sample) => brokenBy[sample];

    /// <summary>From here on no attack is tried on these samples; they stand as they do.</summary>
    /// <param name="samples">Per sample.</param>
    public void Spare(bool[] samples) => samples.CopyTo(spared, 0);

    /// <summary>Runs an attack on one set of corrupted clients.</summary>
    public AttackStage Run(IAttack attack, ThreatModel threat, CancellationToken cancel) =>
        Stage(attack.Name, attack, answers, threat, (_, i) => threat.Corrupted[i], cancel);

    /// <summary>Runs attacks on clients that are chosen for each standing sample. Where the rule does not know who
    /// answers, the chosen ones are put first; else samples of the same chosen clients are attacked together.</summary>
    public void Run(
        IReadOnlyList<IAttack> attacks,
        IClientSelection choice,
        int corrupted,
        Action<string> onAttack,
        CancellationToken cancel
    )
    {
        if (rule.KnowsClients)
        {
            RunInPlace(attacks, choice, corrupted, onAttack, cancel);
            return;
        }
        using var scope = NewDisposeScope();
        var first = new ThreatModel(answers.Clients, Enumerable.Range(0, corrupted));
        var order = arange(answers.Clients, ScalarType.Int64, device: answers.Device).repeat(answers.Samples, 1);
        if (Still() is { Length: > 0 } still)
        {
            using var some = answers.Select(still);
            using var query = new AttackQuery(some, rule, first, seed);
            order = order.index_copy(
                0,
                tensor(still, device: answers.Device),
                Chosen.First(choice.Choose(query), answers.Clients)
            );
        }
        using var arranged = answers.Arrange(order);
        long[] clients = order.contiguous().Integers();
        foreach (var attack in attacks)
        {
            string name = $"any, {choice.Name}: {attack.Name}";
            onAttack(name);
            Stage(name, attack, arranged, first, (s, i) => clients[s * answers.Clients + i], cancel);
        }
    }

    void RunInPlace(
        IReadOnlyList<IAttack> attacks,
        IClientSelection choice,
        int corrupted,
        Action<string> onAttack,
        CancellationToken cancel
    )
    {
        using var scope = NewDisposeScope();
        var first = new ThreatModel(answers.Clients, Enumerable.Range(0, corrupted));
        long[] still = Still();
        var groups = new List<(ThreatModel Threat, long[] Samples)>();
        if (still.Length > 0)
        {
            using var some = answers.Select(still);
            using var query = new AttackQuery(some, rule, first, seed);
            long[] chosen = choice.Choose(query).Integers();
            groups =
            [
                .. still
                    .Select((sample, s) => (sample, Clients: chosen[(s * corrupted)..((s + 1) * corrupted)].Order()))
                    .GroupBy(pair => string.Join(",", pair.Clients))
                    .Select(group =>
                        (
                            new ThreatModel(answers.Clients, group.First().Clients.Select(i => (int)i)),
                            group.Select(pair => pair.sample).ToArray()
                        )
                    ),
            ];
        }
        foreach (var attack in attacks)
        {
            string name = $"any, {choice.Name}: {attack.Name}";
            onAttack(name);
            int count = 0,
                broken = 0;
            foreach (var (threat, samples) in groups)
            {
                LongWork.ThrowIfCancelled(cancel);
                long[] own = [.. samples.Where(s => Standing[s])];
                count += own.Length;
                broken += Break(name, attack, answers, threat, (_, i) => threat.Corrupted[i], own);
            }
            stages.Add(new AttackStage(name, count, broken));
        }
    }

    AttackStage Stage(
        string name,
        IAttack attack,
        ProbitSet all,
        ThreatModel threat,
        Func<long, int, long> client,
        CancellationToken cancel
    )
    {
        LongWork.ThrowIfCancelled(cancel);
        long[] still = Still();
        stages.Add(new AttackStage(name, still.Length, Break(name, attack, all, threat, client, still)));
        return stages[^1];
    }

    /// <summary>Attacks some samples, which are all standing.</summary>
    /// <returns>How many of them fall.</returns>
    int Break(
        string name,
        IAttack attack,
        ProbitSet all,
        ThreatModel threat,
        Func<long, int, long> client,
        long[] still
    )
    {
        int broken = 0;
        if (still.Length > 0)
        {
            using var scope = NewDisposeScope();
            using var some = all.Select(still);
            using var query = new AttackQuery(some, rule, threat, seed);
            var sent = CheckedAttack.Corrupt(attack, query, (s, i) => (still[s], client(still[s], i)));
            bool[] right = Predictions.Correct(
                rule.Scores(Rows.Replace(query.Input, threat.Corrupted, sent)),
                some.Labels,
                still
            );
            for (int s = 0; s < right.Length; s++)
                if (!right[s])
                    (Standing[still[s]], brokenBy[still[s]], broken) = (false, name, broken + 1);
        }
        return broken;
    }

    long[] Still() =>
        [.. Enumerable.Range(0, Standing.Length).Where(s => Standing[s] && !spared[s]).Select(s => (long)s)];
}
