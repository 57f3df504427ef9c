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
public sealed class SequentialAttack(Aggregator rule, ProbitSet answers, long seed, bool[] standing)
{
    readonly List<AttackStage> stages = [];
    readonly string?[] brokenBy = new string?[standing.Length];

    public bool[] Standing { get; } = [.. standing];

    public IReadOnlyList<AttackStage> Stages => stages;

    /// <summary>The name of the stage that broke a sample; null where none did.</summary>
    public string? BrokenBy(int sample) => brokenBy[sample];

    /// <summary>Runs an attack on one set of corrupted clients.</summary>
    public AttackStage Run(IAttack attack, ThreatModel threat, CancellationToken cancel) =>
        Stage(attack.Name, attack, answers, threat, (_, i) => threat.Corrupted[i], cancel);

    /// <summary>Runs attacks on clients that are chosen for each standing sample. Where the rule takes probits their
    /// order does not matter: the chosen ones are put first.</summary>
    public void Run(
        IReadOnlyList<IAttack> attacks,
        IClientSelection choice,
        int corrupted,
        Action<string> onAttack,
        CancellationToken cancel
    )
    {
        using var scope = NewDisposeScope();
        var first = new ThreatModel(answers.Clients, Enumerable.Range(0, corrupted));
        var order = arange(answers.Clients, ScalarType.Int64).repeat(answers.Samples, 1);
        if (Still() is { Length: > 0 } still)
        {
            using var some = answers.Select(still);
            using var query = new AttackQuery(rule, some, first, seed);
            order = order.index_copy(0, tensor(still), Chosen.First(choice.Choose(query), answers.Clients));
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

    AttackStage Stage(
        string name,
        IAttack attack,
        ProbitSet all,
        ThreatModel threat,
        Func<long, int, long> client,
        CancellationToken cancel
    )
    {
        cancel.ThrowIfCancellationRequested();
        long[] still = Still();
        int broken = 0;
        if (still.Length > 0)
        {
            using var scope = NewDisposeScope();
            using var some = all.Select(still);
            using var query = new AttackQuery(rule, some, threat, seed);
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
        stages.Add(new AttackStage(name, still.Length, broken));
        return stages[^1];
    }

    long[] Still() => [.. Enumerable.Range(0, Standing.Length).Where(s => Standing[s]).Select(s => (long)s)];
}
